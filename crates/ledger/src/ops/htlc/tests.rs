//! Hashes, and hashed time-lock contracts in a small chain.

use crate::Ledger;
use crate::ops::sandbox::{DIALECT, amount, check, ledger, op, with};
use carbyne_crypto::hash;
use carbyne_protocol::constants::SECONDS_PER_DAY;
use carbyne_protocol::fees::FeeSchedule;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::htlc::{HtlcHash, days_begun};
use carbyne_protocol::parameters::HtlcOptions;
use carbyne_wire::{Digest, Json, JsonIn, Value};
use serde_json::json;

/// A chain whose committee allows contracts of 100 seconds with secrets of ten bytes.
fn chain() -> Ledger {
    let mut ledger = ledger(1_000);
    let options = HtlcOptions { max_timeout_secs: 100, max_preimage_size: 10 };
    ledger
        .modify_global(|global| {
            global.parameters.extensions.updatable_htlc_options = Some(options);
        })
        .unwrap();
    ledger
}

/// Account 1.2.1 sets ten of asset 1.3.1 aside for 1.2.2, for a minute.
fn create(changes: Value) -> Operation {
    let plain = json!({
        "from": "1.2.1",
        "to": "1.2.2",
        "amount": amount(10, 1),
        "preimage_hash": HtlcHash::Sha256(Digest(hash::sha256(b"secret"))).to_json(),
        "preimage_size": 6,
        "claim_period_seconds": 60,
    });
    op("htlc_create", with(plain, changes))
}

fn redeem(preimage: &[u8]) -> Operation {
    let preimage = carbyne_wire::Bytes(preimage.to_vec()).to_json();
    op("htlc_redeem", json!({"htlc_id": "1.16.0", "redeemer": "1.2.2", "preimage": preimage}))
}

fn extend(account: &str, seconds: u32) -> Operation {
    let members = json!({"htlc_id": "1.16.0", "update_issuer": account, "seconds_to_add": seconds});
    op("htlc_extend", members)
}

#[test]
fn a_contract_is_within_the_limits_of_the_committee() {
    check(&mut ledger(1_000), &[(create(json!({})), "HtlcRefusal::NotEnabled")]);
    check(
        &mut chain(),
        &[
            (create(json!({"amount": amount(0, 1)})), "HtlcRefusal::AmountNotPositive"),
            (create(json!({"claim_period_seconds": 101})), "HtlcRefusal::TooLong"),
            (create(json!({"preimage_size": 11})), "HtlcRefusal::PreimageTooLarge"),
            (create(json!({"amount": amount(1_001, 1)})), "HtlcRefusal::InsufficientFunds"),
            (create(json!({})), "ok"),
            (extend("1.2.2", 1), "HtlcRefusal::NotCreator"),
            (extend("1.2.1", u32::MAX), "HtlcRefusal::InvalidDate"),
            (extend("1.2.1", 41), "HtlcRefusal::TooFar"),
            (extend("1.2.1", 40), "ok"),
            (redeem(b"none"), "HtlcRefusal::PreimageSize"),
            (redeem(b"public"), "HtlcRefusal::WrongPreimage"),
            (redeem(b"secret"), "ok"),
        ],
    );
}

#[test]
fn a_fee_per_day_fits_into_an_amount() {
    let mut ledger = chain();
    let schedule = json!({"parameters": [[52, {"fee_per_day": i64::MAX}]], "scale": 0});
    let schedule = FeeSchedule::from_json_in(&schedule, DIALECT).unwrap();
    check(&mut ledger, &[(create(json!({})), "ok")]);
    ledger.modify_global(|global| *global.parameters.current_fees = schedule).unwrap();
    check(&mut ledger, &[(extend("1.2.1", 3 * SECONDS_PER_DAY), "HtlcRefusal::FeeOverflow")]);
}

#[test]
fn what_fits_into_no_amount_is_not_charged_as_less_than_nothing() {
    let mut ledger = chain();
    let schedule = json!({"parameters": [[52, {"fee": 1_u64 << 63}]], "scale": 0});
    let schedule = FeeSchedule::from_json_in(&schedule, DIALECT).unwrap();
    check(&mut ledger, &[(create(json!({})), "ok")]);
    ledger.modify_global(|global| *global.parameters.current_fees = schedule).unwrap();
    check(&mut ledger, &[(extend("1.2.1", 1), "MoneyRefusal::Overflow")]);
}

fn check_hash(hash: HtlcHash, preimage: &[u8], is_of: bool) {
    assert_eq!(hash.is_of(preimage), is_of, "{hash:?}");
}

#[test]
fn every_kind_of_hash_knows_its_secret() {
    let hashes = [
        HtlcHash::Ripemd160(Digest(hash::ripemd160(b"secret"))),
        HtlcHash::Sha1(Digest(hash::sha1(b"secret"))),
        HtlcHash::Sha256(Digest(hash::sha256(b"secret"))),
        HtlcHash::Hash160(Digest(hash::hash160(b"secret"))),
    ];
    for hash in hashes {
        check_hash(hash.clone(), b"secret", true);
        check_hash(hash, b"guess", false);
    }
}

#[test]
fn a_day_counts_from_its_first_second() {
    let days = [(0, 0), (1, 1), (86_400, 1), (86_401, 2), (u32::MAX, 0)];
    for (seconds, expected) in days {
        assert_eq!(days_begun(seconds), expected, "{seconds} s");
    }
}
