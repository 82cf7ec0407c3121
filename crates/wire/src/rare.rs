//! What is nearly always empty, and then takes a pointer's room and no more.
//!
//! Invariant: it is equal to the value it stands for and looks the same in every form; whether an
//! empty value lies elsewhere or nothing does, nobody can tell.

use crate::{
    Dialect, FlatMap, FlatSet, Id, Json, JsonError, JsonIn, Kind, Pack, PackError, Reader, Reflect,
    View, VoteId,
};
use carbyne_crypto::Address;
use serde_json::Value;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// What can be [`Rare`]: there is one that is empty, which is the default.
pub trait Empty: Default + PartialEq + 'static {
    /// The empty one.
    const EMPTY: &'static Self;
}

impl<const SPACE: u8, const TYPE: u8> Empty for FlatSet<Id<SPACE, TYPE>> {
    const EMPTY: &'static Self = &Self::new();
}

impl Empty for FlatSet<VoteId> {
    const EMPTY: &'static Self = &Self::new();
}

impl<const SPACE: u8, const TYPE: u8> Empty for FlatMap<Id<SPACE, TYPE>, u16> {
    const EMPTY: &'static Self = &Self::new();
}

impl Empty for FlatMap<Address, u16> {
    const EMPTY: &'static Self = &Self::new();
}

/// A value that most rows do not have. Who takes it to change it gives it a place elsewhere.
#[derive(Clone)]
pub struct Rare<T>(Option<Box<T>>);

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Empty> Deref for Rare<T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or(T::EMPTY)
    }
}

impl<T: Empty> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T: Empty> From<T> for Rare<T> {
    fn from(value: T) -> Self {
        Self((value != *T::EMPTY).then(|| Box::new(value)))
    }
}

impl<A, T: Empty + FromIterator<A>> FromIterator<A> for Rare<T> {
    fn from_iter<I: IntoIterator<Item = A>>(items: I) -> Self {
        T::from_iter(items).into()
    }
}

impl<'a, T: Empty> IntoIterator for &'a Rare<T>
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type IntoIter = <&'a T as IntoIterator>::IntoIter;
    fn into_iter(self) -> Self::IntoIter {
        (&**self).into_iter()
    }
}

impl<T: Empty> PartialEq for Rare<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Empty + Eq> Eq for Rare<T> {}

impl<T: Empty + fmt::Debug> fmt::Debug for Rare<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Empty + Pack> Pack for Rare<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        (**self).pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        T::unpack(input).map(Self::from)
    }
}

impl<T: Empty + JsonIn> JsonIn for Rare<T> {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        (**self).to_json_in(dialect)
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        T::from_json_in(value, dialect).map(Self::from)
    }
}

impl<T: Empty + Json> Json for Rare<T> {}

impl<T: Empty + Reflect> Reflect for Rare<T> {
    fn kind() -> Kind {
        T::kind()
    }
    fn view(&self) -> View<'_> {
        (**self).view()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Tags, unpack_exact};
    use proptest::prelude::*;

    type Ids = FlatSet<Id<1, 2>>;

    proptest! {
        #[test]
        fn is_the_value_it_stands_for(
            steps in prop::collection::vec((any::<bool>(), 0..6_u64), 0..40),
        ) {
            let (mut rare, mut plain) = (Rare::<Ids>::default(), Ids::new());
            for (adds, number) in steps {
                let id = Id(number);
                let (done, want) = match adds {
                    true => (rare.insert(id), plain.insert(id)),
                    false => (rare.remove(&id), plain.remove(&id)),
                };
                prop_assert_eq!(done, want);
                prop_assert_eq!(&*rare, &plain);
                prop_assert_eq!(&rare, &Rare::from(plain.clone()));
                prop_assert_eq!(rare.to_bytes(), plain.to_bytes());
                prop_assert_eq!(rare.to_json(), plain.to_json());
                let again: Rare<Ids> = unpack_exact(&plain.to_bytes(), Tags::Reference).unwrap();
                prop_assert_eq!(&again, &rare);
                prop_assert_eq!(&Rare::<Ids>::from_json(&rare.to_json()).unwrap(), &rare);
                prop_assert_eq!(again.0.is_none(), plain.is_empty());
            }
        }
    }

    #[test]
    fn takes_a_pointer() {
        assert_eq!(size_of::<Rare<Ids>>(), size_of::<usize>());
    }
}
