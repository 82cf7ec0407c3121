//! SameT funds, credit offers and deals, contracts, tickets and liquidity pools.

use super::{Case, Rows, amount, in_order, negative_fee, price};
use serde_json::{Value, json};

const FEE: &str = "fee.amount >= 0: Fee should not be negative";
const ABOVE_SUPPLY: i64 = 1_000_000_000_000_001;

/// A case whose operation says so when its fee is negative.
fn case(name: &'static str, valid: Value, rows: Rows) -> Case {
    in_order(name, valid, [vec![negative_fee(FEE)], rows].concat())
}

fn htlc(name: &'static str, valid: Value, rows: Rows) -> Case {
    let fee = negative_fee("fee.amount >= 0: Fee amount should not be negative");
    in_order(name, valid, [vec![fee], rows].concat())
}

fn is_virtual(name: &'static str) -> Case {
    in_order(name, json!({}), vec![(json!({}), "!\"virtual operation\": ")])
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        htlc(
            "htlc_create",
            json!({"amount": amount(5, 0)}),
            vec![(
                json!({"amount": {"amount": 0}}),
                "amount.amount > 0: HTLC amount should be greater than zero",
            )],
        ),
        htlc("htlc_redeem", json!({}), vec![]),
        is_virtual("htlc_redeemed"),
        htlc("htlc_extend", json!({}), vec![]),
        is_virtual("htlc_refund"),
    ];
    cases.extend(tickets());
    cases.extend(pools());
    cases.extend(pool_trades());
    cases.extend(funds());
    cases.extend(offers());
    cases.extend(deals());
    cases
}

fn tickets() -> Vec<Case> {
    let unknown = "target_type < static_cast<uint64_t>(TICKET_TYPE_COUNT): Invalid target type";
    vec![
        case(
            "ticket_create",
            json!({"target_type": 1, "amount": amount(5, 0)}),
            vec![
                (
                    json!({"target_type": 0}),
                    "target_type != static_cast<uint64_t>(liquid): Target type can not be liquid",
                ),
                (json!({"target_type": 5}), unknown),
                (
                    json!({"amount": amount(0, 7)}),
                    "amount.amount > 0: A positive amount is needed for creating a ticket",
                ),
                (
                    json!({"amount": amount(5, 7)}),
                    "amount.asset_id == asset_id_type(): Amount must be in BTS so far",
                ),
            ],
        ),
        case(
            "ticket_update",
            json!({"target_type": 0}),
            vec![
                (json!({"target_type": 5}), unknown),
                (
                    json!({"amount_for_new_target": amount(0, 7)}),
                    "amount_for_new_target->amount > 0: A positive amount is needed",
                ),
                (
                    json!({"amount_for_new_target": amount(5, 7)}),
                    "amount_for_new_target->asset_id == asset_id_type(): \
                     Amount must be in BTS so far",
                ),
            ],
        ),
    ]
}

fn pools() -> Vec<Case> {
    let order = "asset_a < asset_b: \
                 ID of the first asset should be smaller than ID of the second asset";
    let in_pool = "asset_a != share_asset && asset_b != share_asset: \
                   Share asset can not be the same as one of the assets in the pool";
    vec![
        case(
            "liquidity_pool_create",
            json!({"asset_a": "1.3.5", "asset_b": "1.3.6", "share_asset": "1.3.7"}),
            vec![
                (json!({"asset_b": "1.3.5"}), order),
                (json!({"share_asset": "1.3.5"}), in_pool),
                (json!({"share_asset": "1.3.6"}), in_pool),
                (
                    json!({"taker_fee_percent": 10_001}),
                    "taker_fee_percent <= GRAPHENE_100_PERCENT: \
                     Taker fee percent should not exceed 100%",
                ),
                (
                    json!({"withdrawal_fee_percent": 10_001}),
                    "withdrawal_fee_percent <= GRAPHENE_100_PERCENT: \
                     Withdrawal fee percent should not exceed 100%",
                ),
            ],
        ),
        case("liquidity_pool_delete", json!({}), vec![]),
        case(
            "liquidity_pool_update",
            json!({"taker_fee_percent": 5}),
            vec![
                (
                    json!({"taker_fee_percent": null, "withdrawal_fee_percent": null}),
                    "taker_fee_percent.valid() || withdrawal_fee_percent.valid(): \
                     Should update something",
                ),
                (
                    json!({"taker_fee_percent": 10_001}),
                    "*taker_fee_percent <= GRAPHENE_100_PERCENT: \
                     Taker fee percent should not exceed 100%",
                ),
                (
                    json!({"withdrawal_fee_percent": 1}),
                    "0 == *withdrawal_fee_percent: \
                     Withdrawal fee percent can only be updated to zero",
                ),
            ],
        ),
    ]
}

fn pool_trades() -> Vec<Case> {
    let both = "amount_a.amount > 0 && amount_b.amount > 0: \
                Both amounts of the assets should be positive";
    vec![
        case(
            "liquidity_pool_deposit",
            json!({"amount_a": amount(5, 5), "amount_b": amount(5, 6)}),
            vec![
                (json!({"amount_a": {"amount": 0}}), both),
                (json!({"amount_b": {"amount": 0}}), both),
                (
                    json!({"amount_a": {"asset_id": "1.3.6"}}),
                    "amount_a.asset_id < amount_b.asset_id: \
                     ID of the first asset should be smaller than ID of the second asset",
                ),
            ],
        ),
        case(
            "liquidity_pool_withdraw",
            json!({"share_amount": amount(5, 7)}),
            vec![(
                json!({"share_amount": {"amount": 0}}),
                "share_amount.amount > 0: Amount of the share asset should be positive",
            )],
        ),
        case(
            "liquidity_pool_exchange",
            json!({"amount_to_sell": amount(5, 5), "min_to_receive": amount(5, 6)}),
            vec![
                (
                    json!({"amount_to_sell": {"amount": 0}}),
                    "amount_to_sell.amount > 0: Amount to sell should be positive",
                ),
                (
                    json!({"min_to_receive": {"amount": 0}}),
                    "min_to_receive.amount > 0: Minimum amount to receive should be positive",
                ),
                (
                    json!({"min_to_receive": {"asset_id": "1.3.5"}}),
                    "amount_to_sell.asset_id != min_to_receive.asset_id: \
                     ID of the two assets should not be the same",
                ),
            ],
        ),
    ]
}

fn funds() -> Vec<Case> {
    vec![
        case(
            "samet_fund_create",
            json!({"balance": 5}),
            vec![(json!({"balance": 0}), "balance > 0: Balance should be positive")],
        ),
        case("samet_fund_delete", json!({}), vec![]),
        case(
            "samet_fund_update",
            json!({"delta_amount": amount(5, 0)}),
            vec![
                (
                    json!({"delta_amount": null}),
                    "delta_amount.valid() || new_fee_rate.valid(): Should change something",
                ),
                (
                    json!({"delta_amount": {"amount": 0}}),
                    "delta_amount->amount != 0: Delta amount should not be zero",
                ),
            ],
        ),
        case(
            "samet_fund_borrow",
            json!({"borrow_amount": amount(5, 0)}),
            vec![(
                json!({"borrow_amount": {"amount": 0}}),
                "borrow_amount.amount > 0: Amount to borrow should be positive",
            )],
        ),
        case(
            "samet_fund_repay",
            json!({"repay_amount": amount(5, 0), "fund_fee": amount(5, 0)}),
            vec![
                (
                    json!({"repay_amount": {"amount": 0}}),
                    "repay_amount.amount > 0: Amount to repay should be positive",
                ),
                (
                    json!({"fund_fee": {"amount": -1}}),
                    "fund_fee.amount >= 0: Fund fee should not be negative",
                ),
                (
                    json!({"fund_fee": {"asset_id": "1.3.7"}}),
                    "repay_amount.asset_id == fund_fee.asset_id: \
                     Asset type of repay amount and fund fee should be the same",
                ),
            ],
        ),
    ]
}

/// What is asked about the terms of an offer, which an update may leave out.
fn terms(is_update: bool) -> Rows {
    let words = |create: &'static str, update: &'static str| {
        if is_update { update } else { create }
    };
    let mut rows = vec![
        (
            json!({"max_duration_seconds": 32_832_001}),
            words(
                "max_duration_seconds <= GRAPHENE_MAX_CREDIT_DEAL_SECS: \
                 Maximum duration should not be greater than 380 days",
                "*max_duration_seconds <= GRAPHENE_MAX_CREDIT_DEAL_SECS: \
                 Maximum duration should not be greater than 380 days",
            ),
        ),
        (
            json!({"min_deal_amount": -1}),
            words(
                "min_deal_amount >= 0: Minimum deal amount should not be negative",
                "*min_deal_amount >= 0: Minimum deal amount should not be negative",
            ),
        ),
        (
            json!({"min_deal_amount": ABOVE_SUPPLY}),
            words(
                "min_deal_amount <= GRAPHENE_MAX_SHARE_SUPPLY: \
                 Minimum deal amount should not be greater than 1000000000000000",
                "*min_deal_amount <= GRAPHENE_MAX_SHARE_SUPPLY: \
                 Minimum deal amount should not be greater than 1000000000000000",
            ),
        ),
    ];
    rows.extend(collateral());
    let borrower = |limit: i64| json!({"acceptable_borrowers": [["1.2.7", limit]]});
    rows.push((
        borrower(-1),
        "max_borrow_amount >= 0: \
         Maximum amount to borrow for acceptable borrowers should not be negative",
    ));
    rows.push((
        borrower(ABOVE_SUPPLY),
        "max_borrow_amount <= GRAPHENE_MAX_SHARE_SUPPLY: Maximum amount to borrow for acceptable \
         borrowers should not be greater than 1000000000000000",
    ));
    rows
}

fn collateral() -> Rows {
    let priced = |base: Value, quote: Value| {
        let first = json!(["1.3.6", price(amount(1, 0), amount(1, 6))]);
        json!({"acceptable_collateral": [first, ["1.3.7", price(base, quote)]]})
    };
    vec![
        (
            json!({"acceptable_collateral": []}),
            "!acceptable_collateral.empty(): Acceptable collateral list should not be empty",
        ),
        (
            priced(amount(1, 8), amount(1, 7)),
            "collateral_price.base.asset_id == asset_type: \
             Base asset ID in price of acceptable collateral should be same as offer asset type",
        ),
        (
            priced(amount(1, 0), amount(1, 8)),
            "collateral_price.quote.asset_id == collateral_asset_type: Quote asset ID in price of \
             acceptable collateral should be same as collateral asset type",
        ),
        (
            priced(amount(0, 0), amount(1, 7)),
            "base.amount.value > 0: Base amount should be positive",
        ),
        (
            priced(amount(1, 0), amount(0, 7)),
            "quote.amount.value > 0: Quote amount should be positive",
        ),
        (
            priced(amount(ABOVE_SUPPLY, 0), amount(1, 7)),
            "base.amount.value <= GRAPHENE_MAX_SHARE_SUPPLY: \
             Base amount should not be greater than 1000000000000000",
        ),
        (
            priced(amount(1, 0), amount(ABOVE_SUPPLY, 7)),
            "quote.amount.value <= GRAPHENE_MAX_SHARE_SUPPLY: \
             Quote amount should not be greater than 1000000000000000",
        ),
    ]
}

fn offers() -> Vec<Case> {
    let acceptable = json!([["1.3.7", price(amount(1, 0), amount(1, 7))]]);
    let balance = (json!({"balance": 0}), "balance > 0: Balance should be positive");
    let delta = (
        json!({"delta_amount": {"amount": 0}}),
        "delta_amount->amount != 0: Delta amount should not be zero",
    );
    let nothing = "updating_something: \
                   Should change something - at least one of the optional data fields should be \
                   present";
    vec![
        case(
            "credit_offer_create",
            json!({"balance": 5, "acceptable_collateral": acceptable}),
            [vec![balance], terms(false)].concat(),
        ),
        case("credit_offer_delete", json!({}), vec![]),
        case("credit_offer_update", json!({"fee_rate": 1}), [vec![delta], terms(true)].concat()),
        case(
            "credit_offer_update",
            json!({"fee_rate": 1}),
            vec![(json!({"fee_rate": null}), nothing)],
        ),
    ]
}

fn deals() -> Vec<Case> {
    vec![
        case(
            "credit_offer_accept",
            json!({"borrow_amount": amount(5, 0), "collateral": amount(5, 7)}),
            vec![
                (
                    json!({"borrow_amount": {"amount": 0}}),
                    "borrow_amount.amount > 0: Amount to borrow should be positive",
                ),
                (
                    json!({"collateral": {"amount": 0}}),
                    "collateral.amount > 0: Collateral amount should be positive",
                ),
                (
                    json!({"extensions": {"auto_repay": 3}}),
                    "*extensions.value.auto_repay < cdar_count: auto_repay should be less than 3",
                ),
            ],
        ),
        case(
            "credit_deal_repay",
            json!({"repay_amount": amount(5, 0), "credit_fee": amount(5, 0)}),
            vec![
                (
                    json!({"repay_amount": {"amount": 0}}),
                    "repay_amount.amount > 0: Amount to repay should be positive",
                ),
                (
                    json!({"credit_fee": {"amount": -1}}),
                    "credit_fee.amount >= 0: Credit fee should not be negative",
                ),
                (
                    json!({"credit_fee": {"asset_id": "1.3.7"}}),
                    "repay_amount.asset_id == credit_fee.asset_id: \
                     Asset type of repay amount and credit fee should be the same",
                ),
            ],
        ),
        is_virtual("credit_deal_expired"),
        case(
            "credit_deal_update",
            json!({"auto_repay": 2}),
            vec![(
                json!({"auto_repay": 3}),
                "auto_repay < cdar_count: auto_repay should be less than 3",
            )],
        ),
    ]
}
