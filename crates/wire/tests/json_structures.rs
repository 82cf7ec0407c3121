//! What the reference says to JSON that is no structure, choice or extension of those it takes.

use carbyne_wire::JsonErrorKind::{self, Assert, BadCast};
use carbyne_wire::{Extensions, Json, Wire};
use serde_json::{Value, json};

/// A choice as operations and policies are.
#[derive(Clone, Debug, PartialEq, Wire)]
#[wire(plain)]
enum Choice {
    Nothing(Empty),
    Something(Empty),
}

#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
struct Empty {}

/// Members that were added later.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension, plain)]
struct Later {
    /// The only one.
    number: Option<u16>,
}

#[track_caller]
fn check<T: Json>(value: Value, kind: JsonErrorKind, words: &str) {
    match T::from_json(&value) {
        Ok(_) => panic!("{value} was read"),
        Err(error) => assert_eq!((error.kind, error.message.as_str()), (kind, words), "{value}"),
    }
}

#[test]
fn structures_and_choices() {
    check::<Empty>(json!("x"), BadCast, "Invalid cast from type 'string_type' to Object");
    check::<Choice>(json!({}), BadCast, "Invalid cast from object_type to Array");
    let words = "static_cast<size_t>(tag) < count(): \
                 Unable to set tag '2' when the number of supported tags is 2";
    check::<Choice>(json!([2, {}]), Assert, words);
    check::<Choice>(json!([-1, {}]), Assert, "tag >= 0: Unable to set a negative tag '-1'");
    check::<Choice>(json!([1, 5]), BadCast, "Invalid cast from type 'uint64_type' to Object");
    assert_eq!(Choice::from_json(&json!([7])), Ok(Choice::Nothing(Empty {})));
}

#[test]
fn extensions() {
    check::<Later>(json!([1]), Assert, "var.size() == 0: ");
    check::<Later>(json!("x"), BadCast, "Invalid cast from type 'string_type' to Object");
    check::<Later>(json!({"other": 1}), Assert, "vtor.count_left == 0: ");
    let words = "static_cast<size_t>(tag) < count(): \
                 Unable to set tag '1' when the number of supported tags is 1";
    check::<Extensions>(json!([[1, {}]]), Assert, words);
    check::<Extensions>(json!([5]), BadCast, "Invalid cast from uint64_type to Array");
    check::<Extensions>(json!([[0, 5]]), BadCast, "Invalid cast from type 'uint64_type' to Object");
}

/// What is extended.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
struct Base {
    id: u16,
}

/// An object with more members.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
struct Extended {
    #[wire(base)]
    base: Base,
    total: u16,
    more: Option<u16>,
}

#[test]
fn members_of_a_base_stand_among_those_of_what_extends_it() {
    let extended = Extended { base: Base { id: 7 }, total: 2, more: None };
    assert_eq!(extended.to_json(), json!({"id": 7, "total": 2}));
    assert_eq!(Extended::from_json(&extended.to_json()), Ok(extended));
    let more = Extended::from_json(&json!({"id": 1, "more": 5}));
    assert_eq!(more, Ok(Extended { base: Base { id: 1 }, total: 0, more: Some(5) }));
    check::<Extended>(json!(5), BadCast, "Invalid cast from type 'uint64_type' to Object");
}
