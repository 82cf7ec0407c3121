//! Operations that only some chains know: everywhere else they are as unknown as any other tag, and
//! the reference's tables are what they were.
//!
//! One test, because a process serves one chain and says once whether that knows them.

use carbyne_protocol::ops::recurring::RecurringCreate;
use carbyne_protocol::ops::{FeeParameters, Operation, Stateless};
use carbyne_wire::{FIRST_LATER_TAG, Json, Pack, PackError, admit_later_tags, unpack_exact};
use serde_json::json;

#[test]
fn a_later_tag_is_unknown_until_the_chain_opted_in() {
    let sent = json!([1_020, {"from": "1.2.1", "to": "1.2.2", "times": 3}]);
    let bytes = Operation::from(RecurringCreate::default()).to_bytes();

    let refused = Operation::from_json(&sent).unwrap_err().to_string();
    let known = "when the number of supported tags is 78";
    assert!(refused.contains(known), "{refused}");
    let foreign = Operation::from_json(&json!([5_000, {}])).unwrap_err().to_string();
    assert_eq!(refused.replace("1020", "5000"), foreign);
    let refused = unpack_exact::<Operation>(&bytes).unwrap_err();
    assert!(matches!(refused, PackError::UnknownTag { tag: 1_020, .. }), "{refused:?}");
    let fee = json!([1_020, {"fee": 1}]);
    assert!(FeeParameters::from_json(&fee).is_err());
    assert_eq!(Operation::TABLE.len(), 78);
    assert_eq!(FeeParameters::defaults().len(), 78);

    admit_later_tags();
    let operation = Operation::from_json(&sent).unwrap();
    assert_eq!(operation.tag(), 1_020);
    assert_eq!(unpack_exact::<Operation>(&operation.to_bytes()).unwrap(), operation);
    assert_eq!(FeeParameters::from_json(&fee).unwrap().tag(), 1_020);
    // What the reference does not have changes nothing of what it has.
    assert_eq!(FeeParameters::defaults().len(), 78);
    assert!(Operation::PROMISED.iter().all(|(tag, ..)| *tag >= FIRST_LATER_TAG));
    assert!(Operation::PROMISED.iter().any(|(_, name, _)| *name == RecurringCreate::NAME));
    assert!(Operation::from_json(&json!([5_000, {}])).is_err());
}
