//! Values of any type, as a hello's user data and the errors of peers hold them.

use carbyne_wire::{
    Json, JsonError, Kind, Pack, PackError, Reader, Reflect, Text, Value, View, in_every_dialect,
    pack_varint,
};

/// A value of any type. The format has a tag for doubles, but the reference neither writes nor
/// reads them (`fc/io/raw_variant.hpp`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// Nothing.
    #[default]
    Null,
    /// A signed number.
    Signed(i64),
    /// An unsigned number.
    Unsigned(u64),
    /// True or false.
    Bool(bool),
    /// Text.
    Text(Text),
    /// A list.
    List(Vec<Variant>),
    /// Named values.
    Object(Object),
}

/// Named values, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(pub Vec<(Text, Variant)>);

const NULL: u8 = 0;
const SIGNED: u8 = 1;
const UNSIGNED: u8 = 2;
const BOOL: u8 = 4;
const TEXT: u8 = 5;
const LIST: u8 = 6;
const OBJECT: u8 = 7;

impl Object {
    /// The value with that name.
    pub fn get(&self, name: &str) -> Option<&Variant> {
        self.0.iter().find_map(|(key, value)| (*key == name).then_some(value))
    }

    /// The text with that name.
    pub fn text(&self, name: &str) -> Option<&Text> {
        match self.get(name)? {
            Variant::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number with that name.
    pub fn unsigned(&self, name: &str) -> Option<u64> {
        match *self.get(name)? {
            Variant::Unsigned(number) => Some(number),
            Variant::Signed(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }
}

impl Pack for Object {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        input.nested(Pack::unpack).map(Self)
    }
}

impl Variant {
    fn tag(&self) -> u8 {
        match self {
            Self::Null => NULL,
            Self::Signed(_) => SIGNED,
            Self::Unsigned(_) => UNSIGNED,
            Self::Bool(_) => BOOL,
            Self::Text(_) => TEXT,
            Self::List(_) => LIST,
            Self::Object(_) => OBJECT,
        }
    }
}

impl From<&str> for Variant {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Variant {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Variant {
    fn from(number: u64) -> Self {
        Self::Unsigned(number)
    }
}

impl Pack for Variant {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(self.tag());
        match self {
            Self::Null => {}
            Self::Signed(number) => number.pack(out),
            Self::Unsigned(number) => number.pack(out),
            Self::Bool(bool) => bool.pack(out),
            Self::Text(text) => text.pack(out),
            Self::List(items) => {
                pack_varint(items.len() as u64, out);
                items.iter().for_each(|item| item.pack(out));
            }
            Self::Object(object) => object.pack(out),
        }
    }

    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(match input.byte()? {
            NULL => Self::Null,
            SIGNED => Self::Signed(Pack::unpack(input)?),
            UNSIGNED => Self::Unsigned(Pack::unpack(input)?),
            BOOL => Self::Bool(Pack::unpack(input)?),
            TEXT => Self::Text(Pack::unpack(input)?),
            LIST => Self::List(input.nested(Pack::unpack)?),
            OBJECT => Self::Object(Pack::unpack(input)?),
            tag => return Err(PackError::UnknownTag { name: "variant", tag: tag.into() }),
        })
    }
}

impl Json for Variant {
    fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Signed(number) => number.to_json(),
            Self::Unsigned(number) => number.to_json(),
            Self::Bool(bool) => bool.to_json(),
            Self::Text(text) => text.to_json(),
            Self::List(items) => items.to_json(),
            Self::Object(object) => object.to_json(),
        }
    }

    fn from_json(value: &Value) -> Result<Self, JsonError> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(bool) => Self::Bool(*bool),
            Value::Number(number) => match number.as_u64() {
                Some(number) => Self::Unsigned(number),
                None => Self::Signed(i64::from_json(value)?),
            },
            Value::String(text) => Self::from(text.as_str()),
            Value::Array(_) => Self::List(Json::from_json(value)?),
            Value::Object(_) => Self::Object(Json::from_json(value)?),
        })
    }
}

impl Json for Object {
    fn to_json(&self) -> Value {
        let members = self.0.iter();
        members.map(|(name, value)| (name.to_lossy().into_owned(), value.to_json())).collect()
    }

    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let members = value.as_object().ok_or_else(|| JsonError::not_an_object(value))?;
        let members = members
            .iter()
            .map(|(name, value)| Ok((name.as_str().into(), Variant::from_json(value)?)));
        members.collect::<Result<_, JsonError>>().map(Self)
    }
}

in_every_dialect!([] Variant, [] Object);

macro_rules! without_rules {
    ($($type:ty),*) => {$(
        impl Reflect for $type {
            fn kind() -> Kind {
                Kind::Other
            }
            fn view(&self) -> View<'_> {
                View::Other
            }
        }
    )*};
}
without_rules!(Variant, Object);

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::{Tags, unpack_exact};

    #[test]
    fn every_type_packs_and_unpacks() {
        let inner = Object(vec![("list".into(), Variant::List(vec![Variant::Null]))]);
        let values = [
            Variant::Null,
            Variant::Signed(-1),
            Variant::Unsigned(u64::MAX),
            Variant::Bool(true),
            Variant::from("text"),
            Variant::Object(inner),
        ];
        for value in values {
            assert_eq!(unpack_exact::<Variant>(&value.to_bytes(), Tags::Reference).unwrap(), value);
            assert_eq!(Variant::from_json(&value.to_json()).unwrap().to_json(), value.to_json());
        }
    }

    #[test]
    fn doubles_and_unknown_tags_are_refused() {
        for tag in [3, 8, 255] {
            let error = PackError::UnknownTag { name: "variant", tag };
            assert_eq!(unpack_exact::<Variant>(&[tag as u8; 9], Tags::Reference), Err(error));
        }
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let bytes = [LIST, 1].repeat(100_000);
        assert_eq!(unpack_exact::<Variant>(&bytes, Tags::Reference), Err(PackError::TooDeep));
        let bytes = [OBJECT, 1, 0].repeat(100_000);
        assert_eq!(unpack_exact::<Variant>(&bytes, Tags::Reference), Err(PackError::TooDeep));
    }
}
