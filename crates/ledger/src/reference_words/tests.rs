//! Words as proposals store them.

use crate::ledger::LedgerRefusal;
use crate::ops::credit::CreditRefusal;
use crate::ops::htlc::HtlcRefusal;
use crate::ops::market::call_order_update::CallOrderUpdateRefusal;
use crate::ops::withdraw::WithdrawRefusal;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::MoneyRefusal;
use carbyne_protocol::restriction::RestrictionRefusal;
use carbyne_wire::Id;

#[track_caller]
fn check(refusal: impl Into<Rejected>, words: &str) {
    assert_eq!(refusal.into().words(), words);
}

#[test]
fn words_are_those_that_proposals_store() {
    let (account, asset) = (Id(24), Id(8));
    check(MoneyRefusal::Overflow { a: i64::MAX, b: 1 }, "Integer Overflow:");
    check(
        LedgerRefusal::UnknownObject { id: (Id(3) as carbyne_protocol::ids::AssetId).into() },
        "Assert Exception: maybe_found != nullptr: Unable to find Object 1.3.3",
    );
    check(
        CreditRefusal::InsufficientCollateral { required: 200, provided: 199 },
        "Assert Exception: required_collateral.amount <= op.collateral.amount: \
         Insufficient collateral provided, requires 200, provided 199",
    );
    check(
        HtlcRefusal::Unauthorized { account, asset, role: "from" },
        "Assert Exception: is_authorized_asset( d, from_account, asset_to_transfer ): \
         Asset 1.3.8 is not authorized for account 1.2.24.",
    );
    check(
        WithdrawRefusal::Restricted { asset: Id(2), symbol: "FUZZUA".into() },
        "Assert Exception: _asset.issuer == permit.authorized_account || \
         _asset.issuer == permit.withdraw_from_account: \
         Asset 1.3.2 'FUZZUA' has transfer_restricted flag enabled",
    );
    check(
        CallOrderUpdateRefusal::NoFeed { asset },
        "insufficient feeds: Cannot borrow asset with no price feed.",
    );
    check(
        RestrictionRefusal::UnknownOperation { tag: 79 },
        "Invalid index to fc::typelist::runtime::dispatch(): \
         Invalid index to fc::typelist::runtime::dispatch(): ",
    );
}
