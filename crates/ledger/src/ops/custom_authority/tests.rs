//! Custom authorities in a small chain.

use crate::Ledger;
use crate::ops::sandbox::{DIALECT, START, check, ledger, op, with};
use carbyne_crypto::Address;
use carbyne_protocol::ids::CustomAuthorityId;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::parameters::CustomAuthorityOptions;
use carbyne_wire::{Id, Json, JsonIn, TimePointSec, Value};
use serde_json::json;

const MONTH: u32 = 60 * 60 * 24 * 30;

fn after_start(seconds: u32) -> Value {
    TimePointSec(START.0 + seconds).to_json()
}

/// A chain whose committee allows three custom authorities of an account, two of one operation,
/// with one restriction each.
fn chain() -> Ledger {
    let mut ledger = ledger(1_000);
    let options = CustomAuthorityOptions {
        max_custom_authorities_per_account: 3,
        max_custom_authorities_per_account_op: 2,
        max_custom_authority_restrictions: 1,
        ..CustomAuthorityOptions::default()
    };
    ledger
        .modify_global(|global| {
            global.parameters.extensions.custom_authority_options = Some(options);
        })
        .unwrap();
    ledger
}

/// Account 1.2.7 may transfer for account 1.2.6, for a month.
fn create(changes: Value) -> Operation {
    let plain = json!({
        "account": "1.2.6",
        "enabled": true,
        "valid_from": after_start(0),
        "valid_to": after_start(MONTH),
        "operation_type": 0,
        "auth": {"weight_threshold": 1, "account_auths": [["1.2.7", 1]]},
        "restrictions": [],
    });
    op("custom_authority_create", with(plain, changes))
}

fn update(changes: Value) -> Operation {
    let plain = json!({"account": "1.2.6", "authority_to_update": "1.17.0"});
    op("custom_authority_update", with(plain, changes))
}

fn delete(account: &str) -> Operation {
    let members = json!({"account": account, "authority_to_delete": "1.17.0"});
    op("custom_authority_delete", members)
}

/// The transfer is to account 1.2.3.
fn restriction() -> Value {
    json!({"member_index": 2, "restriction_type": 0, "argument": [7, "1.2.3"]})
}

#[test]
fn a_custom_authority_is_possible_and_ends_soon() {
    check(&mut ledger(0), &[(create(json!({})), "CustomAuthorityRefusal::NotEnabled")]);
    let address = Address::default().to_json_in(DIALECT);
    let addresses = json!({"auth": {"address_auths": [[address, 1]]}});
    let members = json!({"auth": {"weight_threshold": 2}});
    check(
        &mut chain(),
        &[
            (create(json!({"account": "1.2.0"})), "CustomAuthorityRefusal::SpecialAccount"),
            (create(json!({"valid_to": after_start(0)})), "CustomAuthorityRefusal::EmptyPeriod"),
            (create(addresses), "CustomAuthorityRefusal::AddressAuthorities"),
            (create(members), "CustomAuthorityRefusal::Impossible"),
            (
                create(json!({"valid_from": "1970-01-01T00:00:01", "valid_to": after_start(0)})),
                "CustomAuthorityRefusal::EndsInThePast",
            ),
            (
                create(json!({"valid_to": after_start(MONTH + 1)})),
                "CustomAuthorityRefusal::LifetimeTooLong",
            ),
            (
                create(json!({"restrictions": [restriction(), restriction()]})),
                "CustomAuthorityRefusal::TooManyRestrictions",
            ),
            (create(json!({})), "ok"),
            (create(json!({})), "ok"),
            (create(json!({})), "CustomAuthorityRefusal::TooManyOfOperation"),
            (create(json!({"operation_type": 1})), "ok"),
            (create(json!({"operation_type": 2})), "CustomAuthorityRefusal::TooManyOfAccount"),
        ],
    );
}

#[test]
fn a_custom_authority_is_changed_by_its_account() {
    let mut ledger = chain();
    let restrictions = json!({"restrictions": [restriction()]});
    let add = || update(json!({"restrictions_to_add": [restriction()]}));
    check(
        &mut ledger,
        &[
            (create(restrictions), "ok"),
            (update(json!({})), "CustomAuthorityRefusal::NothingToUpdate"),
            (
                update(json!({"account": "1.2.7", "new_enabled": false})),
                "CustomAuthorityRefusal::NotOwner",
            ),
            (update(json!({"new_enabled": true})), "CustomAuthorityRefusal::Unchanged"),
            (
                update(json!({"restrictions_to_remove": [7]})),
                "CustomAuthorityRefusal::UnknownRestriction",
            ),
            (add(), "CustomAuthorityRefusal::TooManyRestrictions"),
            (delete("1.2.7"), "CustomAuthorityRefusal::NotOwner"),
        ],
    );
    // After so many changes that the numbers of restrictions begin again.
    ledger.modify(Id(0) as CustomAuthorityId, |row| row.restriction_counter = 0).unwrap();
    check(
        &mut ledger,
        &[(add(), "CustomAuthorityRefusal::NumbersOverlap"), (delete("1.2.6"), "ok")],
    );
}
