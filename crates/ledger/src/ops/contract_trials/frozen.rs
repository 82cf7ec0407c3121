//! An account that is for sale: its agent, its co-signer, its withdrawer, its proposals and its
//! permissions all try to act, and nothing gets past the freeze. 1.2.6 is for sale.

use super::*;
use crate::Ledger;
use crate::authorize::{Approvals, verify_authority};
use crate::ops::contract_sandbox::Step::{At, Has, Rows, Then};
use crate::ops::contract_sandbox::{check, open_chain};
use carbyne_crypto::PrivateKey;
use carbyne_objects::{Account, AccountStatistics, WithdrawPermission};
use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::*;

const SOLD: AccountId = Id(6);

fn key() -> carbyne_crypto::PublicKey {
    PrivateKey::from_seed("old").public_key()
}

/// 1.2.6 signs with a key, and so does 1.2.7 by it.
fn keyed() -> Ledger {
    let mut ledger = open_chain(1_000);
    let own = |account: &mut Account| {
        (account.owner, account.active) = (Authority::key(key()), Authority::key(key()));
        account.options.memo_key = key();
    };
    ledger.modify(SOLD, own).unwrap();
    let member = |account: &mut Account| {
        account.active = Authority { weight_threshold: 1, ..Authority::default() };
        account.active.account_auths.insert(SOLD, 1);
    };
    ledger.modify(account(7), member).unwrap();
    ledger
}

#[track_caller]
fn story(before: Vec<Operation>, steps: Vec<Step>) {
    let mut all: Vec<Step> = before.into_iter().map(|operation| Do(operation, "ok")).collect();
    all.push(Do(title(amount(7, 1)), "ok"));
    all.extend(steps);
    check(&mut keyed(), &all);
}

const FROZEN: &str = "TitleRefusal::Frozen";

/// An escrow that names it as agent, and that it has not approved: this does not bind it.
fn as_agent() -> Operation {
    let escrow = json!({
        "from": "1.2.1", "to": "1.2.2", "agent": "1.2.6", "amounts": [amount(10, 1)],
        "agent_fee": amount(1, 1), "agreement_hash": HASH, "ratify_by": at(DAY),
        "deliver_by": at(10 * DAY), "review_sec": DAY, "default_bps": 0,
    });
    op("escrow_create", escrow)
}

#[test]
fn an_agent_neither_approves_nor_rules_nor_takes_over() {
    let takes_over = json!({"from": "1.2.1", "to": "1.2.2", "escrow": "16.2.1", "agent": "1.2.6"});
    let other = json!({
        "from": "1.2.1", "to": "1.2.2", "agent": "1.2.3", "amounts": [amount(10, 1)],
        "agent_fee": amount(0, 1), "agreement_hash": HASH, "ratify_by": at(DAY),
        "deliver_by": at(10 * DAY), "review_sec": DAY, "default_bps": 0,
    });
    let agree = |who: &str| {
        let members =
            json!({"who": who, "escrow": "16.2.1", "agreement_hash": HASH, "approve": true});
        op("escrow_ratify", members)
    };
    let rule = op("escrow_rule", json!({"agent": "1.2.6", "escrow": "16.2.0", "to_receiver": []}));
    story(
        vec![as_agent(), op("escrow_create", other), agree("1.2.2"), agree("1.2.3")],
        vec![
            Do(ratify("1.2.6"), FROZEN),
            Do(rule, FROZEN),
            Do(op("escrow_amend", takes_over), FROZEN),
            // The others go on without it.
            At(DAY),
            Has(1, 1, 990),
            Rows(1),
        ],
    );
}

/// A bond in which it lends.
fn as_lender() -> Vec<Operation> {
    let (collateral, principal) = (|| amount(100, 2), || amount(100, 1));
    let give = json!({"lender": "1.2.1", "bond": "16.4.0", "to": "1.2.6"});
    vec![
        lend("1.2.1", collateral(), principal()),
        take("1.2.2", 0, collateral(), principal()),
        op("bond_transfer", give),
    ]
}

#[test]
fn a_co_signer_signs_nothing_and_a_debtor_still_pays() {
    let amend = json!({
        "borrower": "1.2.2", "lender": "1.2.6", "bond": "16.4.0", "due": at(12 * DAY),
        "min_until": at(0), "apr_bps": 0, "collateral": 1,
    });
    let close = json!({"borrower": "1.2.2", "lender": "1.2.6", "bond": "16.4.0", "to_lender": 0});
    let back = json!({"lender": "1.2.6", "bond": "16.4.0", "to": "1.2.1"});
    let sell = json!({
        "seller": "1.2.6", "items": ["16.4.0"], "pay_asset": "1.3.1", "kind": "fixed",
        "buy_now": 1, "expiry": at(DAY),
    });
    story(
        as_lender(),
        vec![
            Do(op("bond_amend", amend), FROZEN),
            Do(op("bond_close", close), FROZEN),
            Do(op("bond_transfer", back), FROZEN),
            Do(claim("1.2.6", 0), FROZEN),
            Do(op("listing_create", sell), FROZEN),
            Do(repay("1.2.2", 0, 40, false), "ok"),
            Has(6, 1, 1_040),
            Do(accept("1.2.3", amount(7, 1)), "ok"),
            Do(repay("1.2.2", 0, 60, false), "ok"),
            Has(6, 1, 1_100),
            Has(2, 2, 1_000),
        ],
    );
}

fn permit(from: &str, to: &str) -> Operation {
    let members = json!({
        "withdraw_from_account": from, "authorized_account": to,
        "withdrawal_limit": amount(5, 1), "withdrawal_period_sec": 100_000,
        "periods_until_expiration": 5, "period_start_time": at(1),
    });
    op("withdraw_permission_create", members)
}

fn withdraw(permission: u64, from: &str, to: &str) -> Operation {
    let members = json!({
        "withdraw_permission": format!("1.12.{permission}"), "withdraw_from_account": from,
        "withdraw_to_account": to, "amount_to_withdraw": amount(1, 1),
    });
    op("withdraw_permission_claim", members)
}

#[test]
fn nothing_is_withdrawn_by_it_or_from_it() {
    // Who gave a permission is not bare; this one is there all the same.
    let given = |ledger: &mut Ledger| {
        let permission = WithdrawPermission {
            withdraw_from_account: SOLD,
            authorized_account: Id(1),
            withdrawal_limit: carbyne_protocol::money::Asset::new(5, Id(1)),
            withdrawal_period_sec: 100_000,
            expiration: carbyne_wire::TimePointSec::MAX,
            ..WithdrawPermission::default()
        };
        ledger.create::<WithdrawPermissionId>(permission);
    };
    story(
        vec![permit("1.2.1", "1.2.6")],
        vec![
            Then(given),
            At(2),
            Do(withdraw(0, "1.2.1", "1.2.6"), FROZEN),
            Do(withdraw(1, "1.2.6", "1.2.1"), FROZEN),
            Has(6, 1, 1_000),
        ],
    );
    let bare =
        vec![Do(permit("1.2.6", "1.2.1"), "ok"), Do(title(amount(7, 1)), "TitleRefusal::NotBare")];
    check(&mut keyed(), &bare);
}

/// 1.2.1 proposes that 1.2.6 gives it something.
fn propose() -> Operation {
    let gift = transfer("1.2.6", "1.2.1", amount(5, 1)).to_json_in(DIALECT);
    let members = json!({
        "fee_paying_account": "1.2.1", "expiration_time": at(2 * DAY),
        "proposed_ops": [{"op": gift}],
    });
    op("proposal_create", members)
}

#[test]
fn no_proposal_acts_for_it_whoever_approved_with_what() {
    let by_key = json!({
        "fee_paying_account": "1.2.1", "proposal": "1.10.0",
        "key_approvals_to_add": [key().to_json_in(DIALECT)],
    });
    let by_account = json!({
        "fee_paying_account": "1.2.1", "proposal": "1.10.0", "active_approvals_to_add": ["1.2.6"],
    });
    let veto = json!({"fee_paying_account": "1.2.6", "proposal": "1.10.0"});
    let mine = json!({
        "fee_paying_account": "1.2.6", "expiration_time": at(60),
        "proposed_ops": [{"op": transfer("1.2.2", "1.2.1", amount(5, 1)).to_json_in(DIALECT)}],
    });
    story(
        vec![propose()],
        vec![
            Do(op("proposal_update", by_account), FROZEN),
            Do(op("proposal_delete", veto), FROZEN),
            Do(op("proposal_create", mine), FROZEN),
            // The key approves, the proposal is executed, and what it says is refused.
            Do(op("proposal_update", by_key), "ok"),
            Has(6, 1, 1_000),
            Has(1, 1, 1_000),
        ],
    );
}

#[test]
fn nothing_else_is_done_in_its_name() {
    let vote = json!({"account": "1.2.6", "new_options": {"memo_key": key().to_json_in(DIALECT)}});
    let list = json!({
        "authorizing_account": "1.2.6", "account_to_list": "1.2.1", "new_listing": 1,
    });
    let upgrade = json!({"account_to_upgrade": "1.2.6", "upgrade_to_lifetime_member": true});
    let order = json!({
        "seller": "1.2.6", "amount_to_sell": amount(1, 1), "min_to_receive": amount(1, 2),
        "expiration": at(DAY),
    });
    let fee = amount(1, 0);
    let custom = json!({"fee": fee, "payer": "1.2.6", "id": 1, "data": "00"});
    let both =
        json!({"fee": fee, "payer": "1.2.1", "required_auths": ["1.2.6"], "id": 1, "data": "00"});
    let bids = json!({
        "bidder": "1.2.6", "listing": "16.9.0", "items": ["16.8.0"], "amount": amount(1, 1),
    });
    story(
        vec![object("00"), auction(1)],
        vec![
            Do(op("account_update", vote), FROZEN),
            Do(op("account_whitelist", list), FROZEN),
            Do(op("account_upgrade", upgrade), FROZEN),
            Do(op("limit_order_create", order), FROZEN),
            Do(op("custom", custom), FROZEN),
            Do(op("custom", both), FROZEN),
            Do(op("listing_bid", bids), FROZEN),
            Do(title(amount(1, 1)), FROZEN),
            Do(transfer("1.2.6", "1.2.1", amount(1, 1)), FROZEN),
            Do(transfer("1.2.1", "1.2.6", amount(1, 1)), "ok"),
        ],
    );
}

#[test]
fn as_a_member_of_others_it_still_counts() {
    let mut ledger = keyed();
    check(&mut ledger, &[Do(title(amount(7, 1)), "ok")]);
    let keys = [key()];
    let approvals = Approvals { keys: &keys, ..Approvals::default() };
    let gift = [transfer("1.2.7", "1.2.1", amount(5, 1))];
    assert!(verify_authority(&gift, &approvals, &ledger, 2).is_ok());
}

/// The fee of the offer is paid by the account that is frozen by it, and those of the withdrawal
/// too.
#[test]
fn the_fee_of_the_offer_itself_is_no_trap() {
    let pays = |operation: Operation, fee: i64| {
        let mut operation = operation;
        *operation.fee_mut() = carbyne_protocol::money::Asset::core(fee);
        operation
    };
    let withdraw = op("title_withdraw", json!({"account": "1.2.6", "offer": "16.10.0"}));
    let steps = [
        Do(pays(title(amount(7, 1)), 3), "ok"),
        Has(6, 0, 997),
        Do(pays(withdraw, 2), "ok"),
        Has(6, 0, 995),
    ];
    check(&mut keyed(), &steps);
    let pending = |ledger: &Ledger| {
        let statistics: &AccountStatistics = ledger.statistics(SOLD).unwrap();
        statistics.pending_fees + statistics.pending_vested_fees
    };
    let mut ledger = keyed();
    let sale = [Do(pays(title(amount(7, 1)), 3), "ok"), Do(accept("1.2.3", amount(7, 1)), "ok")];
    check(&mut ledger, &sale);
    // It was shared out with the sale.
    assert_eq!(pending(&ledger), 0);
}
