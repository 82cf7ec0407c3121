//! What a transaction would do, as clients see it.

use carbyne_chain::Simulated;
use carbyne_objects::AnyObject;
use carbyne_wire::{Dialect, Json, JsonIn};
use serde_json::{Value, json};
use std::sync::Arc;

/// The answer to `simulate`: results of the operations, operations they would cause, objects they
/// would create, change and remove, in the dialect of the chain.
pub fn effects(simulated: &Simulated, dialect: Dialect) -> Value {
    let results: Vec<Value> = simulated.results.iter().map(Json::to_json).collect();
    let caused = simulated.operations.iter().filter(|operation| operation.is_virtual);
    let caused = caused.map(|one| {
        let op = one.op.to_json_in(dialect);
        json!({ "op_in_trx": one.op_in_trx, "op": op })
    });
    let caused: Vec<Value> = caused.collect();
    let (mut created, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    for change in &simulated.changes {
        let json = |object: &Arc<dyn AnyObject>| object.json(dialect);
        match (change.old.as_ref().map(json), change.new.as_ref().map(json)) {
            (None, Some(new)) => created.push(new),
            (Some(old), Some(new)) if old != new => {
                changed.push(json!({ "old": old, "new": new }));
            }
            (Some(old), None) => removed.push(old),
            _ => {}
        }
    }
    json!({
        "operation_results": results,
        "virtual_operations": caused,
        "created": created,
        "changed": changed,
        "removed": removed,
    })
}
