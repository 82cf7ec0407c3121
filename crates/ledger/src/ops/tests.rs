//! What all operations have in common.

use super::sandbox::{amount, apply, check, ledger, op, price};
use serde_json::json;

/// What each of the named operations is refused for if it offers a negative fee.
fn check_negative_fee(rows: &[(&str, &str)]) {
    let mut ledger = ledger(0);
    let mut others = Vec::new();
    for (names, reason) in rows {
        for name in names.split_whitespace() {
            let mut operation = op(name, json!({}));
            operation.fee_mut().amount = -1;
            let got = apply(&mut ledger, operation).unwrap_err().reason();
            others.extend((got != *reason).then_some((name, got)));
        }
    }
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn nobody_is_paid_for_an_operation() {
    check_negative_fee(&[
        ("transfer", "TransferRefusal::NegativeFee"),
        ("limit_order_cancel", "LimitOrderCancelRefusal::NegativeFee"),
        ("limit_order_update", "LimitOrderUpdateRefusal::NegativeFee"),
        ("call_order_update", "CallOrderUpdateRefusal::NegativeFee"),
        ("account_create", "AccountCreateRefusal::NegativeFee"),
        ("account_update", "AccountUpdateRefusal::NegativeFee"),
        ("account_whitelist", "AccountWhitelistRefusal::NegativeFee"),
        ("account_upgrade", "AccountUpgradeRefusal::NegativeFee"),
        ("account_transfer", "AccountTransferRefusal::NegativeFee"),
        (
            "asset_create asset_update asset_update_bitasset asset_update_feed_producers \
             asset_issue asset_reserve asset_fund_fee_pool asset_settle asset_global_settle \
             asset_publish_feed override_transfer asset_claim_fees bid_collateral \
             asset_claim_pool asset_update_issuer",
            "AssetRefusal::NegativeFee",
        ),
        ("witness_create", "WitnessCreateRefusal::NegativeFee"),
        ("witness_update", "WitnessUpdateRefusal::NegativeFee"),
        ("committee_member_create", "CommitteeMemberCreateRefusal::NegativeFee"),
        ("committee_member_update", "CommitteeMemberUpdateRefusal::NegativeFee"),
        ("committee_member_update_global_parameters", "UpdateGlobalParametersRefusal::NegativeFee"),
        ("worker_create", "WorkerCreateRefusal::NegativeFee"),
        ("proposal_update", "ProposalUpdateRefusal::NegativeFee"),
        ("proposal_delete", "ProposalDeleteRefusal::NegativeFee"),
        ("withdraw_permission_delete", "WithdrawRefusal::NegativeFee"),
        ("vesting_balance_create", "VestingBalanceCreateRefusal::NegativeFee"),
        ("vesting_balance_withdraw", "VestingBalanceWithdrawRefusal::NegativeFee"),
        ("assert", "AssertRefusal::NegativeFee"),
        ("balance_claim", "BalanceClaimRefusal::Fee"),
        ("transfer_to_blind", "ConfidentialRefusal::NegativeFee"),
        ("htlc_create htlc_redeem htlc_extend", "HtlcRefusal::NegativeFee"),
        (
            "custom_authority_create custom_authority_update custom_authority_delete",
            "CustomAuthorityRefusal::NegativeFee",
        ),
        ("ticket_create ticket_update", "TicketRefusal::NegativeFee"),
        (
            "liquidity_pool_create liquidity_pool_delete liquidity_pool_deposit \
             liquidity_pool_withdraw liquidity_pool_exchange liquidity_pool_update",
            "LiquidityPoolRefusal::NegativeFee",
        ),
        (
            "samet_fund_create samet_fund_delete samet_fund_update samet_fund_borrow \
             samet_fund_repay",
            "SametFundRefusal::NegativeFee",
        ),
        (
            "credit_offer_create credit_offer_delete credit_offer_update credit_offer_accept \
             credit_deal_repay credit_deal_update",
            "CreditRefusal::NegativeFee",
        ),
    ]);
}

#[test]
fn a_fee_is_no_more_than_there_can_be_of_the_core_asset() {
    let mut ledger = ledger(1_000);
    ledger.modify_global(|global| global.parameters.current_fees.scale = u32::MAX).unwrap();
    let rate = json!({"core_exchange_rate": price(amount(1, 0), amount(1, 1))});
    let create = json!({"issuer": "1.2.9", "symbol": "NEW", "common_options": rate});
    let unpaid = json!({"from": "1.2.1", "to": "1.2.2", "amount": amount(1, 0)});
    // Some operations do not look at their fee themselves.
    let transfer = json!({"op": [0, unpaid]});
    let proposal = json!({"fee": amount(-1, 0), "proposed_ops": [transfer]});
    check(
        &mut ledger,
        &[
            (op("asset_create", create), "FeeRefusal::TooLarge"),
            (op("transfer", unpaid), "EvaluateRefusal::InsufficientFee"),
            (op("proposal_create", proposal), "EvaluateRefusal::NegativeFee"),
        ],
    );
}

#[test]
fn a_transfer_moves_something_to_somebody_else() {
    let transfer = |to: &str, amount| op("transfer", json!({"to": to, "amount": amount}));
    check(
        &mut ledger(1_000),
        &[
            (transfer("1.2.0", amount(1, 0)), "TransferRefusal::ToItself"),
            (transfer("1.2.1", amount(0, 0)), "TransferRefusal::AmountNotPositive"),
            (transfer("1.2.1", amount(1_001, 0)), "TransferRefusal::InsufficientBalance"),
            (transfer("1.2.1", amount(1_000, 0)), "ok"),
        ],
    );
}

#[test]
fn nobody_sends_what_only_the_chain_makes() {
    let mut ledger = ledger(0);
    for (name, reason) in [
        ("fill_order", "FillOrderRefusal::Virtual"),
        ("asset_settle_cancel", "AssetRefusal::Virtual"),
        ("fba_distribute", "FbaDistributeRefusal::Virtual"),
        ("execute_bid", "AssetRefusal::Virtual"),
        ("htlc_redeemed", "HtlcRefusal::Virtual"),
        ("htlc_refund", "HtlcRefusal::Virtual"),
        ("credit_deal_expired", "CreditRefusal::Virtual"),
    ] {
        let refusal = apply(&mut ledger, op(name, json!({}))).unwrap_err();
        assert_eq!(refusal.reason(), reason, "{name}");
    }
}
