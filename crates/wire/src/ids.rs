//! Object ids: `space.type.instance`, as in `1.2.17`.

use crate::json::parse_u64;
use crate::{Json, JsonError, Kind, Pack, PackError, Reader, Reflect, View, pack_varint};
use serde_json::Value;
use std::fmt;

crate::in_every_dialect!([const SPACE: u8, const TYPE: u8] Id<SPACE, TYPE>, [] ObjectId);

/// Largest instance number: instances have 48 bits.
pub const MAX_INSTANCE: u64 = (1 << 48) - 1;

/// Id of an object whose space and type are known: only the instance number is stored and packed.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<const SPACE: u8, const TYPE: u8>(pub u64);

impl<const SPACE: u8, const TYPE: u8> Id<SPACE, TYPE> {
    /// The space, 1 for protocol objects and 2 for those of the implementation.
    pub const SPACE: u8 = SPACE;
    /// The type inside the space.
    pub const TYPE: u8 = TYPE;
}

impl<const SPACE: u8, const TYPE: u8> fmt::Display for Id<SPACE, TYPE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SPACE}.{TYPE}.{}", self.0)
    }
}

impl<const SPACE: u8, const TYPE: u8> fmt::Debug for Id<SPACE, TYPE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const SPACE: u8, const TYPE: u8> Pack for Id<SPACE, TYPE> {
    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        pack_varint(self.0, out);
    }
    #[inline]
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        // The reference range-checks an id only where it makes one from a number, not here.
        Ok(Self(input.varint()?))
    }
}

impl<const SPACE: u8, const TYPE: u8> Json for Id<SPACE, TYPE> {
    fn to_json(&self) -> Value {
        Value::String(self.to_string())
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let text = value.as_str().ok_or_else(|| JsonError::not_an_object(value))?;
        let [space, type_, instance] = parts(text)?;
        if parse_u64(space)? != u64::from(SPACE) || parse_u64(type_)? != u64::from(TYPE) {
            // The words are the reference's: clients show them.
            return Err(JsonError::assert(format!(
                "fc::to_uint64( s.substr( 0, first_dot ) ) == SpaceID && fc::to_uint64( s.substr( \
                 first_dot+1, (second_dot-first_dot)-1 ) ) == TypeID: Space.Type.0 \
                 ({SPACE}.{TYPE}.0) doesn't match expected value {text}"
            ))
            .explained(format!("{text} is no id of the form {SPACE}.{TYPE}.x")));
        }
        match parse_u64(instance)? {
            instance if instance <= MAX_INSTANCE => Ok(Self(instance)),
            _ => {
                Err(JsonError::assert("(instance.value >> instance_bits) == 0: instance overflow"))
            }
        }
    }
}

impl<const SPACE: u8, const TYPE: u8> Reflect for Id<SPACE, TYPE> {
    fn kind() -> Kind {
        Kind::Id { space: SPACE, type_: TYPE }
    }
    fn view(&self) -> View<'_> {
        View::Id((*self).into())
    }
}

/// Id of any object.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// 1 for protocol objects, 2 for those of the implementation.
    pub space: u8,
    /// Type inside the space.
    pub type_: u8,
    /// Instance number, at most [`MAX_INSTANCE`].
    pub instance: u64,
}

impl ObjectId {
    /// The id `space.type_.instance`.
    pub const fn new(space: u8, type_: u8, instance: u64) -> Self {
        Self { space, type_, instance }
    }

    /// Reads `1.2.17`.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let [space, type_, instance] = parts(text)?;
        let byte = |part: &str, name: &str| {
            u8::try_from(parse_u64(part)?).map_err(|_| {
                JsonError::assert(format!(
                    "{name}_id <= graphene::db::object_id_type::one_byte_mask: {name} overflow"
                ))
            })
        };
        let (space, type_) = (byte(space, "space")?, byte(type_, "type")?);
        let instance = parse_u64(instance)?;
        if instance > MAX_INSTANCE {
            return Err(JsonError::assert("i >> instance_bits == 0: instance overflow"));
        }
        Ok(Self { space, type_, instance })
    }
}

/// Space, type and instance of an id, which is all that is behind the second point.
fn parts(text: &str) -> Result<[&str; 3], JsonError> {
    let missing = |what: &str| JsonError::assert(what);
    let (space, rest) = text
        .split_once('.')
        .ok_or_else(|| missing("first_dot != std::string::npos: Missing the first dot"))?;
    if space.is_empty() {
        return Err(missing("first_dot != 0: Missing the space part"));
    }
    let (type_, instance) = rest
        .split_once('.')
        .ok_or_else(|| missing("second_dot != std::string::npos: Missing the second dot"))?;
    if type_.is_empty() {
        return Err(missing("second_dot != first_dot+1: Missing the type part"));
    }
    Ok([space, type_, instance])
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.space, self.type_, self.instance)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const SPACE: u8, const TYPE: u8> From<Id<SPACE, TYPE>> for ObjectId {
    fn from(id: Id<SPACE, TYPE>) -> Self {
        Self::new(SPACE, TYPE, id.0)
    }
}

impl<const SPACE: u8, const TYPE: u8> TryFrom<ObjectId> for Id<SPACE, TYPE> {
    type Error = ObjectId;
    fn try_from(id: ObjectId) -> Result<Self, ObjectId> {
        if id.space == SPACE && id.type_ == TYPE { Ok(Self(id.instance)) } else { Err(id) }
    }
}

impl Pack for ObjectId {
    fn pack(&self, out: &mut Vec<u8>) {
        let number = u64::from(self.space) << 56
            | u64::from(self.type_) << 48
            | self.instance & MAX_INSTANCE;
        number.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        let number = u64::unpack(input)?;
        Ok(Self::new((number >> 56) as u8, (number >> 48) as u8, number & MAX_INSTANCE))
    }
}

impl Json for ObjectId {
    fn to_json(&self) -> Value {
        Value::String(self.to_string())
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        Self::parse(value.as_str().ok_or_else(|| JsonError::not_an_object(value))?)
    }
}

impl Reflect for ObjectId {
    fn kind() -> Kind {
        Kind::Other
    }
    fn view(&self) -> View<'_> {
        View::Other
    }
}
