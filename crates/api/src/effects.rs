//! What a transaction would do, as clients see it.

use carbyne_chain::Simulated;
use carbyne_wire::Json;
use serde_json::{Value, json};

/// The answer to `simulate`: results of the operations, operations they would cause, objects they
/// would create, change and remove.
pub fn effects(simulated: &Simulated) -> Value {
    let results: Vec<Value> = simulated.results.iter().map(Json::to_json).collect();
    let caused = simulated.operations.iter().filter(|operation| operation.is_virtual);
    let caused: Vec<Value> =
        caused.map(|one| json!({ "op_in_trx": one.op_in_trx, "op": one.op.to_json() })).collect();
    let (mut created, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    for change in &simulated.changes {
        match (&change.old, &change.new) {
            (None, Some(new)) => created.push(new.clone()),
            (Some(old), Some(new)) if old != new => {
                changed.push(json!({ "old": old, "new": new }));
            }
            (Some(old), None) => removed.push(old.clone()),
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
