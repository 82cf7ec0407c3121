//! Transfers, orders and debt positions.

use super::{Case, Rows, amount, case, in_order, negative_fee, price};
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "transfer",
            json!({"to": "1.2.7", "amount": amount(5, 0)}),
            vec![
                (json!({"to": "1.2.0"}), "from != to: "),
                (json!({"amount": {"amount": 0}}), "amount.amount > 0: "),
            ],
        ),
        limit_order_create(),
        limit_order_update(),
        case("limit_order_cancel", json!({}), vec![]),
        in_order("fill_order", json!({}), vec![(json!({}), "!\"virtual operation\": ")]),
        case(
            "call_order_update",
            json!({"delta_collateral": amount(5, 0), "delta_debt": amount(5, 7)}),
            vec![
                (
                    json!({"delta_debt": {"asset_id": "1.3.0"}}),
                    "delta_collateral.asset_id != delta_debt.asset_id: ",
                ),
                (
                    json!({"delta_collateral": {"amount": 0}, "delta_debt": {"amount": 0}}),
                    "delta_collateral.amount != 0 || delta_debt.amount != 0: ",
                ),
            ],
        ),
    ]
}

fn action(changes: Value) -> Value {
    let mut action = json!({"spread_percent": 1, "size_percent": 10_000, "expiration_seconds": 60});
    super::merge(&mut action, &changes);
    json!([[0, action]])
}

fn action_rows() -> Vec<(Value, &'static str)> {
    vec![
        (
            action(json!({"spread_percent": 0, "size_percent": 0})),
            "spread_percent > 0: The spread percentage must be positive",
        ),
        (
            action(json!({"size_percent": 0, "expiration_seconds": 0})),
            "size_percent > 0: The size percentage must be positive",
        ),
        (
            action(json!({"size_percent": 10_001, "expiration_seconds": 0})),
            "size_percent <= GRAPHENE_100_PERCENT: The size percentage must not exceed 100%",
        ),
        (
            action(json!({"expiration_seconds": 0})),
            "expiration_seconds > 0: The expiration seconds must be positive",
        ),
    ]
}

fn limit_order_create() -> Case {
    let mut rows: Rows = vec![
        (
            json!({"min_to_receive": {"asset_id": "1.3.0"}}),
            "amount_to_sell.asset_id != min_to_receive.asset_id: ",
        ),
        negative_fee("fee.amount >= 0: "),
        (json!({"amount_to_sell": {"amount": 0}}), "amount_to_sell.amount > 0: "),
        (json!({"min_to_receive": {"amount": 0}}), "min_to_receive.amount > 0: "),
    ];
    let on_fill = |(action, words)| (json!({"extensions": {"on_fill": action}}), words);
    rows.extend(action_rows().into_iter().map(on_fill));
    let valid = json!({"amount_to_sell": amount(5, 0), "min_to_receive": amount(5, 7)});
    in_order("limit_order_create", valid, rows)
}

fn limit_order_update() -> Case {
    let fee = negative_fee("fee.amount >= 0: Fee must not be negative");
    let nothing = (
        json!({"new_expiration": null}),
        "new_price || delta_amount_to_sell || new_expiration || on_fill: \
         Cannot update limit order if nothing is specified to update",
    );
    let valid = json!({"new_expiration": "2031-01-01T00:00:00"});
    super::check(&in_order("limit_order_update", valid.clone(), vec![fee.clone(), nothing]));
    let mut rows: Rows = vec![
        fee,
        (
            json!({"new_price": price(amount(0, 0), amount(1, 7))}),
            "base.amount.value > 0: Base amount should be positive",
        ),
        (
            json!({"new_price": price(amount(1, 0), amount(0, 7))}),
            "quote.amount.value > 0: Quote amount should be positive",
        ),
        (
            json!({"new_price": price(amount(1, 7), amount(1, 7))}),
            "base.asset_id != quote.asset_id: \
             Base asset ID and quote asset ID should be different",
        ),
        (
            json!({"delta_amount_to_sell": amount(0, 0)}),
            "delta_amount_to_sell->amount != 0: Cannot change limit order amount by zero",
        ),
    ];
    rows.extend(
        action_rows().into_iter().map(|(action, words)| (json!({"on_fill": action}), words)),
    );
    in_order("limit_order_update", valid, rows)
}
