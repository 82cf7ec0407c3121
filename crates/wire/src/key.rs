//! Wire forms of keys, addresses and signatures.
//!
//! What keys and addresses begin with in text is a matter of the chain's [`Dialect`].

use crate::json::parse_hex_array;
use crate::{
    Dialect, Json, JsonError, JsonErrorKind, JsonIn, Kind, Pack, PackError, Reader, Reflect, View,
};
use carbyne_crypto::{Address, KeyError, PtsAddress, PublicKey, Signature};
use serde_json::Value;

crate::in_every_dialect!([] Signature);

macro_rules! array_form {
    ($type:ident, $len:literal $(, $sort:item)?) => {
        impl Pack for $type {
            #[inline]
            fn pack(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.0);
            }
            #[inline]
            fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
                input.array::<$len>().map(Self)
            }
            $($sort)?
        }
    };
}
array_form! {
    PublicKey,
    33,
    /// Keys are compared by their addresses, which are hashes: each is made once.
    fn sort_by_part<I>(items: &mut [I], part: impl Fn(&I) -> &Self) {
        items.sort_by_cached_key(|item| part(item).address());
    }
}
array_form!(Address, 20);
array_form!(PtsAddress, 25);
array_form!(Signature, 65);

/// What the reference says of a text that is no public key: it unpacks what the text holds.
fn no_public_key(text: &str, prefix: &str, error: &KeyError) -> JsonError {
    const KEY: usize = 33;
    let left = |bytes: usize| 1_i64.wrapping_sub(bytes as i64);
    let unpacking = "error unpacking graphene::protocol::public_key_type::binary_key";
    let (length, field) = match error {
        KeyError::WrongPrefix { .. } if text.len() <= prefix.len() => {
            return JsonError::assert("base58str.size() > prefix_len: ");
        }
        KeyError::WrongPrefix { .. } => {
            return JsonError::assert("base58str.substr( 0, prefix_len ) == prefix: ");
        }
        KeyError::WrongLength { got, .. } if *got < KEY => (
            *got,
            format!("{} std::array<unsigned char,33> Error unpacking field data", left(*got)),
        ),
        KeyError::WrongLength { got, .. } => {
            let rest = got.saturating_sub(KEY);
            (*got, format!("{} error unpacking uint32_t Error unpacking field check", left(rest)))
        }
        KeyError::NotBase58 | KeyError::TooLong { .. } => {
            let rest = text.get(prefix.len()..).unwrap_or_default();
            return JsonError::parse(format!("Unable to decode base58 string {rest}"));
        }
        KeyError::WrongChecksum | KeyError::Null | KeyError::NotAPoint | KeyError::NotASecret => {
            return JsonError::assert(
                "fc::ripemd160::hash( (char*) key_data.data(), key_data.size() )._hash[0].value() \
                 == bin_key.check: ",
            );
        }
    };
    let message =
        format!("read datastream of length {length} over by {field} {unpacking} {unpacking}");
    JsonError::new(JsonErrorKind::OutOfRange, message)
}

impl JsonIn for PublicKey {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        Value::String(self.to_text(dialect.prefix()))
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let text = String::from_json(value)?;
        Self::from_text(&text, dialect.prefix()).map_err(|error| {
            let explanation = format!("\"{text}\" is not a public key: {error}");
            no_public_key(&text, dialect.prefix(), &error).explained(explanation)
        })
    }
}

impl Reflect for PublicKey {
    fn kind() -> Kind {
        Kind::Key
    }
    fn view(&self) -> View<'_> {
        View::Key(self)
    }
}

impl JsonIn for Address {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        Value::String(self.to_text(dialect.prefix()))
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let text = String::from_json(value)?;
        Self::from_text(&text, dialect.prefix()).map_err(|e| {
            let explanation = format!("\"{text}\" is not an address: {e}");
            JsonError::assert(format!("is_valid( base58str, prefix ): {text}"))
                .explained(explanation)
        })
    }
}

impl Reflect for Address {
    fn kind() -> Kind {
        Kind::Other
    }
    fn view(&self) -> View<'_> {
        View::Other
    }
}

impl Json for Signature {
    fn to_json(&self) -> Value {
        Value::String(hex::encode(self.0))
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        parse_hex_array(&String::from_json(value)?).map(Self)
    }
}

impl Reflect for Signature {
    fn kind() -> Kind {
        Kind::Other
    }
    fn view(&self) -> View<'_> {
        View::Other
    }
}
