//! Optional values, pairs, boxes and sequences.

use crate::{
    Dialect, Json, JsonError, JsonIn, Kind, Pack, PackError, Reader, Reflect, View, pack_varint,
};
use serde_json::Value;
use smallvec::{Array, SmallVec};
use std::sync::Arc;

impl<T: Pack> Pack for Option<T> {
    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(value) => {
                out.push(1);
                value.pack(out);
            }
        }
    }
    #[inline]
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(if bool::unpack(input)? { Some(T::unpack(input)?) } else { None })
    }
}

impl<T: JsonIn> JsonIn for Option<T> {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        self.to_member_in(dialect).unwrap_or_default()
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        Ok(if value.is_null() { None } else { Some(T::from_json_in(value, dialect)?) })
    }
    fn to_member_in(&self, dialect: Dialect) -> Option<Value> {
        self.as_ref().map(|value| value.to_json_in(dialect))
    }
}

impl<T: Json> Json for Option<T> {}

impl<T: Reflect> Reflect for Option<T> {
    fn kind() -> Kind {
        Kind::Optional(T::kind)
    }
    fn view(&self) -> View<'_> {
        View::Optional(self.as_ref().map(|value| value as &dyn crate::reflect::DynReflect))
    }
}

/// A pointer is written as what it points to.
macro_rules! pointer {
    ($pointer:ident) => {
        impl<T: Pack> Pack for $pointer<T> {
            fn pack(&self, out: &mut Vec<u8>) {
                (**self).pack(out);
            }
            fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
                T::unpack(input).map($pointer::new)
            }
            fn packed_len(&self) -> usize {
                (**self).packed_len()
            }
        }

        impl<T: JsonIn> JsonIn for $pointer<T> {
            fn to_json_in(&self, dialect: Dialect) -> Value {
                (**self).to_json_in(dialect)
            }
            fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
                T::from_json_in(value, dialect).map($pointer::new)
            }
        }

        impl<T: Json> Json for $pointer<T> {}

        impl<T: Reflect> Reflect for $pointer<T> {
            fn kind() -> Kind {
                T::kind()
            }
            fn view(&self) -> View<'_> {
                (**self).view()
            }
        }
    };
}

pointer!(Box);
pointer!(Arc);

/// Room reserved before the elements of a container have been read; the rest grows as they come.
const RESERVE_MAX: usize = 256;

macro_rules! sequence {
    ([$($generics:tt)*] $type:ty, $item:ty) => {
        impl<$($generics)*> Pack for $type where $item: Pack {
            #[inline]
            fn pack(&self, out: &mut Vec<u8>) {
                pack_varint(self.len() as u64, out);
                self.iter().for_each(|item| item.pack(out));
            }
            #[inline]
            fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
                let count = input.count()?;
                let mut items = Self::with_capacity(count.min(RESERVE_MAX));
                for _ in 0..count {
                    items.push(<$item>::unpack(input)?);
                }
                Ok(items)
            }
        }
        impl<$($generics)*> JsonIn for $type where $item: JsonIn {
            fn to_json_in(&self, dialect: Dialect) -> Value {
                Value::Array(self.iter().map(|item| item.to_json_in(dialect)).collect())
            }
            fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
                let items = value.as_array().ok_or_else(|| JsonError::bad_cast(value, "Array"))?;
                let items = items.iter().enumerate().map(|(n, item)| {
                    <$item>::from_json_in(item, dialect).map_err(|e| e.at_index(n))
                });
                items.collect()
            }
        }
        impl<$($generics)*> Json for $type where $item: Json {}
        impl<$($generics)*> Reflect for $type where $item: Reflect {
            fn kind() -> Kind {
                Kind::Sequence(<$item as Reflect>::kind)
            }
            fn view(&self) -> View<'_> {
                View::Sequence(
                    self.iter().map(|item| item as &dyn crate::reflect::DynReflect).collect(),
                )
            }
        }
    };
}
sequence!([T] Vec<T>, T);
sequence!([A: Array] SmallVec<A>, A::Item);

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
        self.1.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok((A::unpack(input)?, B::unpack(input)?))
    }
}

impl<A: JsonIn + Default, B: JsonIn + Default> JsonIn for (A, B) {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        Value::Array(vec![self.0.to_json_in(dialect), self.1.to_json_in(dialect)])
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let items = value.as_array().ok_or_else(|| JsonError::bad_cast(value, "Array"))?;
        let first = items.first().map(|item| A::from_json_in(item, dialect)).transpose();
        let second = items.get(1).map(|item| B::from_json_in(item, dialect)).transpose();
        let first = first.map_err(|e| e.at_index(0))?;
        let second = second.map_err(|e| e.at_index(1))?;
        Ok((first.unwrap_or_default(), second.unwrap_or_default()))
    }
}

impl<A: Json + Default, B: Json + Default> Json for (A, B) {}

impl<A: Reflect, B: Reflect> Reflect for (A, B) {
    fn kind() -> Kind {
        Kind::Other
    }
    fn view(&self) -> View<'_> {
        View::Other
    }
}
