//! The Graphene wire form: what a value looks like in bytes, in JSON and under reflection.
//!
//! A type derives all three from one definition with `#[derive(Wire)]`:
//!
//! * [`Pack`]: the binary form that is hashed, signed and sent to peers. Packing what was unpacked
//!   gives canonical bytes: sets come out sorted, whatever the order they arrived in.
//! * [`JsonIn`]: the form clients read and write, in the [`Dialect`] of a chain. Members that are
//!   missing keep their default, unknown ones are ignored, numbers may be given as text. What holds
//!   no key and no choice is [`Json`] too: it looks the same on every chain.
//! * [`Reflect`]: fields by number, which custom authorities restrict.
//!
//! This room must never know a rule of the chain.

#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod binary;
mod container;
mod dialect;
mod flat;
mod ids;
mod json;
mod key;
mod rare;
mod reflect;
mod scalar;
mod text;
mod time;

pub use binary::{Pack, PackError, Reader, pack_varint, unpack_exact, varint_len};
pub use carbyne_wire_derive::Wire;
pub use dialect::{Dialect, FIRST_LATER_TAG, PrefixTooLong, Tags};
pub use flat::{FlatMap, FlatSet};
pub use ids::{Id, MAX_INSTANCE, ObjectId};
pub use json::{Foreign, Json, JsonError, JsonErrorKind, JsonIn, int_to_json, uint_to_json};
pub use rare::{Empty, Rare};
pub use reflect::{DynReflect, Field, Kind, Members, Reflect, View};
pub use scalar::{Bytes, Digest, Extensions, Hash160, Text, VarUint, VoteId, VoteKind};
pub use text::{JsonTextError, as_written, parse_json, parse_json_within};
pub use time::TimePointSec;

#[doc(hidden)]
pub mod __private {
    //! What the code that the derive writes refers to.
    pub use crate::json::{choice, is_json};
    pub use crate::reflect::Nothing;
    pub use serde_json::{Map, Value};
}
pub use serde_json::Value;
