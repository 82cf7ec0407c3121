//! Wire forms of keys, addresses and signatures.
//!
//! The address prefix is a constant of the chain a process serves, so it is set once at start.

use crate::json::parse_hex_array;
use crate::{Json, JsonError, Kind, Pack, PackError, Reader, Reflect, View};
use carbyne_crypto::{Address, KeyError, PtsAddress, PublicKey, Signature};
use serde_json::Value;
use std::sync::OnceLock;

/// Bytes of a key, behind which its checksum stands in text.
const KEY_BYTES: usize = 33;

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
    ($type:ident, $len:literal) => {
        impl Pack for $type {
            #[inline]
            fn pack(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.0);
            }
            #[inline]
            fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
                input.array::<$len>().map(Self)
            }
        }
    };
}
array_form!(PublicKey, 33);
array_form!(Address, 20);
array_form!(PtsAddress, 25);
array_form!(Signature, 65);

impl Json for PublicKey {
    fn to_json(&self) -> Value {
        Value::String(self.to_text(address_prefix()))
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let text = String::from_json(value)?;
        Self::from_text(&text, address_prefix()).map_err(|error| key_refused(&text, &error))
    }
}

/// The reference's words, by what it finds wrong first.
fn key_refused(text: &str, error: &KeyError) -> JsonError {
    let prefix = address_prefix();
    match error {
        KeyError::WrongPrefix { .. } if text.len() <= prefix.len() => {
            JsonError::assert("base58str.size() > prefix_len: ")
        }
        KeyError::WrongPrefix { .. } => {
            JsonError::assert("base58str.substr( 0, prefix_len ) == prefix: ")
        }
        KeyError::NotBase58 | KeyError::TooLong { .. } => {
            let rest = text.strip_prefix(prefix).unwrap_or_default();
            JsonError::parse(format!("Unable to decode base58 string {rest}"))
        }
        KeyError::WrongLength { got, .. } => JsonError::cut_off(*got, KEY_BYTES),
        _ => JsonError::assert(
            "fc::ripemd160::hash( (char*) key_data.data(), key_data.size() )._hash[0].value() \
             == bin_key.check: ",
        ),
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
        Self::from_text(&text, address_prefix())
            .map_err(|_| JsonError::assert(format!("is_valid( base58str, prefix ): {text}")))
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
