//! What operations on tickets are refused for, in a small chain.

use crate::ops::sandbox::{amount, check, ledger, op, with};
use carbyne_protocol::ops::Operation;
use carbyne_wire::Value;
use serde_json::json;

/// Account 1.2.1 locks ten core on the way to the first lock.
fn create(changes: Value) -> Operation {
    let plain = json!({"account": "1.2.1", "target_type": 1, "amount": amount(10, 0)});
    op("ticket_create", with(plain, changes))
}

fn update(changes: Value) -> Operation {
    let plain = json!({"account": "1.2.1", "ticket": "1.18.0", "target_type": 2});
    op("ticket_update", with(plain, changes))
}

#[test]
fn a_ticket_locks_core_of_its_owner() {
    check(
        &mut ledger(1_000),
        &[
            (create(json!({"target_type": 5})), "TicketRefusal::UnknownType"),
            (create(json!({"target_type": 0})), "TicketRefusal::LiquidTarget"),
            (create(json!({"amount": amount(0, 0)})), "TicketRefusal::AmountNotPositive"),
            (create(json!({"amount": amount(1, 1)})), "TicketRefusal::NotCore"),
            (create(json!({})), "ok"),
            (update(json!({"account": "1.2.2"})), "TicketRefusal::NotOwned"),
            (update(json!({"target_type": 1})), "TicketRefusal::SameTarget"),
            (
                update(json!({"amount_for_new_target": amount(11, 0)})),
                "TicketRefusal::Insufficient",
            ),
            (update(json!({})), "ok"),
        ],
    );
}
