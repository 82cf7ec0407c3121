//! Wire forms of keys, addresses and signatures.
//!
//! The address prefix is a constant of the chain a process serves, so it is set once at start.

use crate::json::parse_hex_array;
use crate::{Json, JsonError, JsonErrorKind, Kind, Pack, PackError, Reader, Reflect, View};
use carbyne_crypto::{Address, KeyError, PtsAddress, PublicKey, Signature};
use serde_json::Value;
use std::sync::OnceLock;

static PREFIX: OnceLock<String> = OnceLock::new();

/// What keys and addresses start with in text: `BTS` unless it was set.
pub fn address_prefix() -> &'static str {
    PREFIX.get().map_or("BTS", String::as_str)
}

/// Sets the prefix; false if it was set already.
pub fn set_address_prefix(prefix: &str) -> bool {
    PREFIX.set(prefix.to_owned()).is_ok()
}

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

impl Json for PublicKey {
    fn to_json(&self) -> Value {
        Value::String(self.to_text(address_prefix()))
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let text = String::from_json(value)?;
        Self::from_text(&text, address_prefix()).map_err(|error| {
            let explanation = format!("\"{text}\" is not a public key: {error}");
            no_public_key(&text, address_prefix(), &error).explained(explanation)
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

impl Json for Address {
    fn to_json(&self) -> Value {
        Value::String(self.to_text(address_prefix()))
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let text = String::from_json(value)?;
        Self::from_text(&text, address_prefix()).map_err(|e| {
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
