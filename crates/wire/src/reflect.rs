//! Fields by number and kind, for rules written by users about operations (custom authorities, BSIP
//! 40).

use crate::{ObjectId, TimePointSec};
use carbyne_crypto::PublicKey;

/// What a type is, before there is a value of it. Inner kinds are functions because types may
/// contain themselves.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Nothing: the member of a choice that carries no data.
    Void,
    /// True or false.
    Bool,
    /// A fixed-width integer.
    Int {
        /// Width in bits.
        bits: u8,
        /// Whether it may be negative.
        signed: bool,
    },
    /// An integer of variable length.
    VarUint,
    /// Text.
    Text,
    /// Bytes that are not text.
    Bytes,
    /// A point in time, in seconds.
    Time,
    /// A public key.
    Key,
    /// An object id of one type.
    Id {
        /// Space of the id.
        space: u8,
        /// Type of the id.
        type_: u8,
    },
    /// A digest of so many bytes.
    Digest(usize),
    /// A value that may be absent.
    Optional(fn() -> Kind),
    /// A list or map.
    Sequence(fn() -> Kind),
    /// A sorted set.
    Set(fn() -> Kind),
    /// Named members.
    Struct(fn() -> &'static [Field]),
    /// Optional named members behind one count.
    Extension(fn() -> &'static [Field]),
    /// One of several, by tag.
    Choice(fn() -> &'static [Field]),
    /// What no rule can look into.
    Other,
}

/// A member of a struct, extension or choice.
#[derive(Clone, Copy)]
pub struct Field {
    /// Name as in JSON.
    pub name: &'static str,
    /// Kind of its value.
    pub kind: fn() -> Kind,
}

/// A look at a value.
pub enum View<'a> {
    /// Nothing.
    Void,
    /// True or false.
    Bool(bool),
    /// Any integer.
    Int(i128),
    /// Text.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A point in time.
    Time(TimePointSec),
    /// A public key.
    Key(&'a PublicKey),
    /// An object id.
    Id(ObjectId),
    /// A digest.
    Digest(&'a [u8]),
    /// A value or none.
    Optional(Option<&'a dyn DynReflect>),
    /// The elements in order.
    Sequence(Vec<&'a dyn DynReflect>),
    /// Members by number.
    Struct(&'a dyn Members),
    /// The tag of the choice made and its value.
    Choice(u64, &'a dyn DynReflect),
    /// Not to be looked into.
    Other,
}

/// Members of a value by number.
pub trait Members {
    /// The member with that number, in order of definition from 0.
    fn member(&self, index: usize) -> Option<View<'_>>;
}

/// A type that shows its fields.
pub trait Reflect {
    /// What the type is.
    fn kind() -> Kind
    where
        Self: Sized;

    /// What this value is.
    fn view(&self) -> View<'_>;
}

/// [`Reflect`] without its type, so that values of different types stand in one list.
pub trait DynReflect {
    /// What this value is.
    fn dyn_view(&self) -> View<'_>;
}

impl<T: Reflect> DynReflect for T {
    fn dyn_view(&self) -> View<'_> {
        self.view()
    }
}

/// The value of a choice that carries no data.
#[doc(hidden)]
pub struct Nothing;

impl Reflect for Nothing {
    fn kind() -> Kind {
        Kind::Void
    }
    fn view(&self) -> View<'_> {
        View::Void
    }
}

macro_rules! reflect_integer {
    ($signed:literal: $($type:ty),*) => {$(
        impl Reflect for $type {
            fn kind() -> Kind {
                Kind::Int { bits: <$type>::BITS as u8, signed: $signed }
            }
            fn view(&self) -> View<'_> {
                View::Int(i128::from(*self))
            }
        }
    )*};
}
reflect_integer!(true: i8, i16, i32, i64);
reflect_integer!(false: u8, u16, u32, u64);

impl Reflect for u128 {
    fn kind() -> Kind {
        Kind::Other
    }
    fn view(&self) -> View<'_> {
        View::Other
    }
}

impl Reflect for bool {
    fn kind() -> Kind {
        Kind::Bool
    }
    fn view(&self) -> View<'_> {
        View::Bool(*self)
    }
}

impl<const N: usize> Reflect for [u8; N] {
    fn kind() -> Kind {
        Kind::Digest(N)
    }
    fn view(&self) -> View<'_> {
        View::Digest(self)
    }
}
