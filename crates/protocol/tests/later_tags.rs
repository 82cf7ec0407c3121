//! Operations that only some chains know: in every other dialect they are as unknown as any other
//! tag, and the reference's tables are what they were.

use carbyne_protocol::ops::recurring::RecurringCreate;
use carbyne_protocol::ops::{FeeParameters, Operation, Stateless};
use carbyne_wire::{Dialect, FIRST_LATER_TAG, JsonIn, Pack, PackError, Tags, Value, unpack_exact};
use serde_json::json;

const LATER: Dialect = Dialect::REFERENCE.knowing(Tags::All);

fn sent() -> Value {
    json!([1_020, {"from": "1.2.1", "to": "1.2.2", "times": 3}])
}

fn fee() -> Value {
    json!([1_020, {"fee": 1}])
}

#[test]
fn a_later_tag_is_unknown_in_the_reference_s_dialect() {
    let read = |sent: &Value| Operation::from_json_in(sent, Dialect::REFERENCE);
    let refused = read(&sent()).unwrap_err().to_string();
    let known = "when the number of supported tags is 78";
    assert!(refused.contains(known), "{refused}");
    let foreign = read(&json!([5_000, {}])).unwrap_err().to_string();
    assert_eq!(refused.replace("1020", "5000"), foreign);
    let bytes = Operation::from(RecurringCreate::default()).to_bytes();
    let refused = unpack_exact::<Operation>(&bytes, Tags::Reference).unwrap_err();
    assert!(matches!(refused, PackError::UnknownTag { tag: 1_020, .. }), "{refused:?}");
    assert!(FeeParameters::from_json_in(&fee(), Dialect::REFERENCE).is_err());
}

#[test]
fn a_chain_that_opted_in_reads_it_beside_one_that_did_not() {
    let operation = Operation::from_json_in(&sent(), LATER).unwrap();
    assert_eq!(operation.tag(), 1_020);
    assert_eq!(unpack_exact::<Operation>(&operation.to_bytes(), Tags::All).unwrap(), operation);
    assert_eq!(FeeParameters::from_json_in(&fee(), LATER).unwrap().tag(), 1_020);
    assert!(Operation::from_json_in(&json!([5_000, {}]), LATER).is_err());
}

#[test]
fn what_the_reference_does_not_have_changes_nothing_of_what_it_has() {
    assert_eq!(Operation::TABLE.len(), 78);
    assert_eq!(FeeParameters::defaults().len(), 78);
    assert!(Operation::PROMISED.iter().all(|(tag, ..)| *tag >= FIRST_LATER_TAG));
    assert!(Operation::PROMISED.iter().any(|(_, name, _)| *name == RecurringCreate::NAME));
}
