//! Witnesses, committee members, workers and the parameters of the chain.

use super::{Case, case};
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let long = "u".repeat(127);
    let (url, new_url) =
        ("url.size() < GRAPHENE_MAX_URL_LENGTH: ", "new_url->size() < GRAPHENE_MAX_URL_LENGTH: ");
    vec![
        case("witness_create", json!({}), vec![(json!({"url": long}), url)]),
        case("witness_update", json!({}), vec![(json!({"new_url": long}), new_url)]),
        case("committee_member_create", json!({}), vec![(json!({"url": long}), url)]),
        case("committee_member_update", json!({}), vec![(json!({"new_url": long}), new_url)]),
        parameters(),
        case(
            "worker_create",
            json!({
                "work_begin_date": "2031-01-01T00:00:00", "work_end_date": "2031-01-02T00:00:00",
                "daily_pay": 5,
            }),
            vec![
                (
                    json!({"work_end_date": "2031-01-01T00:00:00"}),
                    "work_end_date > work_begin_date: ",
                ),
                (json!({"daily_pay": 0}), "daily_pay > 0: "),
                (
                    json!({"daily_pay": 1_000_000_000_000_000_i64}),
                    "daily_pay < GRAPHENE_MAX_SHARE_SUPPLY: ",
                ),
                (
                    json!({"name": "n".repeat(63)}),
                    "name.size() < GRAPHENE_MAX_WORKER_NAME_LENGTH: ",
                ),
                (json!({"url": long}), url),
            ],
        ),
    ]
}

/// Parameters and what is said of them, in the order in which they are asked about.
fn parameter_rows() -> Vec<(Value, &'static str)> {
    vec![
        (
            json!({"reserve_percent_of_fee": 10_001}),
            "reserve_percent_of_fee <= GRAPHENE_100_PERCENT: ",
        ),
        (
            json!({"network_percent_of_fee": 10_001}),
            "network_percent_of_fee <= GRAPHENE_100_PERCENT: ",
        ),
        (
            json!({"lifetime_referrer_percent_of_fee": 10_001}),
            "lifetime_referrer_percent_of_fee <= GRAPHENE_100_PERCENT: ",
        ),
        (
            json!({"network_percent_of_fee": 6_000, "lifetime_referrer_percent_of_fee": 6_000}),
            "network_percent_of_fee + lifetime_referrer_percent_of_fee <= GRAPHENE_100_PERCENT: ",
        ),
        (json!({"block_interval": 0}), "block_interval >= GRAPHENE_MIN_BLOCK_INTERVAL: "),
        (json!({"block_interval": 31}), "block_interval <= GRAPHENE_MAX_BLOCK_INTERVAL: "),
        (
            json!({"maintenance_interval": 5}),
            "maintenance_interval > block_interval: \
             Maintenance interval must be longer than block interval",
        ),
        (
            json!({"maintenance_interval": 86_401}),
            "maintenance_interval % block_interval == 0: \
             Maintenance interval must be a multiple of block interval",
        ),
        (
            json!({"maximum_transaction_size": 1_023}),
            "maximum_transaction_size >= GRAPHENE_MIN_TRANSACTION_SIZE_LIMIT: \
             Transaction size limit is too low",
        ),
        (
            json!({"maximum_block_size": 5_119}),
            "maximum_block_size >= GRAPHENE_MIN_BLOCK_SIZE_LIMIT: Block size limit is too low",
        ),
        (
            json!({"maximum_time_until_expiration": 5}),
            "maximum_time_until_expiration > block_interval: \
             Maximum transaction expiration time must be greater than a block interval",
        ),
        (
            json!({"maximum_proposal_lifetime": 5, "committee_proposal_review_period": 0}),
            "maximum_proposal_lifetime - committee_proposal_review_period > block_interval: \
             Committee proposal review period must be less than the maximum proposal lifetime",
        ),
        (
            json!({"extensions": {"market_fee_network_percent": 3_001}}),
            "*extensions.value.market_fee_network_percent <= 3000: \
             The market_fee_network_percent parameter can not exceed 30%",
        ),
        (
            json!({"extensions": {"maker_fee_discount_percent": 10_001}}),
            "*extensions.value.maker_fee_discount_percent <= GRAPHENE_100_PERCENT: \
             The maker_fee_discount_percent parameter can not exceed 100%",
        ),
    ]
}

fn parameters() -> Case {
    let rows = parameter_rows();
    let valid = json!({"new_parameters": {
        "block_interval": 5, "maintenance_interval": 86_400, "maximum_transaction_size": 2_048,
        "maximum_block_size": 5_120, "maximum_time_until_expiration": 60,
        "maximum_proposal_lifetime": 86_400, "committee_proposal_review_period": 60,
        "network_percent_of_fee": 2_000, "lifetime_referrer_percent_of_fee": 3_000,
        "reserve_percent_of_fee": 100,
    }});
    let named = |(changes, words)| (json!({"new_parameters": changes}), words);
    // Questions of one member in their order: the first of two faults is told.
    for (at, (first, words)) in rows.iter().enumerate() {
        for (second, _) in rows.iter().skip(at + 1) {
            let mut both = second.clone();
            super::merge(&mut both, first);
            let is_told = !second
                .as_object()
                .is_some_and(|second| second.keys().any(|name| first.get(name).is_some()))
                && first.get("block_interval").is_none();
            if is_told {
                let row = vec![named((both, *words))];
                super::check(&case(
                    "committee_member_update_global_parameters",
                    valid.clone(),
                    row,
                ));
            }
        }
    }
    let rows = rows.into_iter().map(named).collect();
    case("committee_member_update_global_parameters", valid, rows)
}
