//! Wire forms of keys, addresses and signatures.
//!
//! The address prefix is a constant of the chain a process serves, so it is set once at start.

use crate::{Json, JsonError, Kind, Pack, PackError, Reader, Reflect, View};
use carbyne_crypto::{Address, PtsAddress, PublicKey, Signature};
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
        Self::from_text(&text, address_prefix())
            .map_err(|e| JsonError::assert(format!("\"{text}\" is not a public key: {e}")))
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
            .map_err(|e| JsonError::assert(format!("not an address, {e}: {text}")))
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
        let text = String::from_json(value)?;
        let mut bytes = [0; 65];
        hex::decode_to_slice(&text, &mut bytes).map_err(|e| {
            JsonError::parse(format!("not a signature of 65 bytes in hexadecimal: {e}"))
        })?;
        Ok(Self(bytes))
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
