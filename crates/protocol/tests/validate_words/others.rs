//! Vesting, claims, conditions, confidential transfers and custom authorities.

use super::{Case, Rows, amount, case, in_order, negative_fee};
use serde_json::{Value, json};

const KEY: &str = "BTS5bBDQczS89S9bAKESz65im3JqAv1xachueJRCKzT4rj5K8Lf9C";
/// Of the order of the curve: no blinding factor.
const NO_FACTOR: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "vesting_balance_create",
            json!({"amount": amount(5, 0)}),
            vec![(json!({"amount": {"amount": 0}}), "amount.amount > 0: ")],
        ),
        case(
            "vesting_balance_withdraw",
            json!({"amount": amount(5, 0)}),
            vec![
                (json!({"amount": {"amount": 0}}), "amount.amount > 0: "),
                (json!({"owner": "1.2.4"}), "owner != GRAPHENE_TEMP_ACCOUNT: "),
            ],
        ),
        in_order(
            "custom",
            json!({"fee": amount(1, 0)}),
            vec![(json!({"fee": {"amount": 0}}), "fee.amount > 0: ")],
        ),
        // Names that no account can have are not refused: the reference drops what it finds out.
        case("assert", json!({"predicates": [[0, {"name": "No"}], [1, {"symbol": "no"}]]}), vec![]),
        in_order(
            "balance_claim",
            json!({"balance_owner_key": KEY}),
            vec![
                (json!({"fee": {"amount": 1}}), "fee == asset(): "),
                (json!({"fee": {"asset_id": "1.3.7"}}), "fee == asset(): "),
                (
                    json!({"balance_owner_key": null_key()}),
                    "balance_owner_key != public_key_type(): ",
                ),
            ],
        ),
        in_order("fba_distribute", json!({}), vec![(json!({}), "false: ")]),
        transfer_to_blind(),
        transfer_from_blind(),
        blind_transfer(),
    ];
    cases.extend(custom_authorities());
    cases
}

fn null_key() -> String {
    carbyne_crypto::PublicKey::NULL.to_text("BTS")
}

fn output(commitment: u8, threshold: u32) -> Value {
    json!({
        "commitment": format!("{commitment:02x}").repeat(33), "range_proof": "00",
        "owner": {"weight_threshold": threshold},
    })
}

fn input(commitment: u8) -> Value {
    json!({"commitment": format!("{commitment:02x}").repeat(33)})
}

const COMMIT: &str = "secp256k1_pedersen_commit( detail::_get_context(), result.data(), \
                      (unsigned char*) blind.data(), value ): ";

fn transfer_to_blind() -> Case {
    let rows = vec![
        (json!({"amount": {"amount": 0}}), "amount.amount > 0: "),
        (
            json!({"outputs": [output(3, 0), output(2, 1)]}),
            "out[i-1] < out[i]: all outputs must be sorted by commitment id",
        ),
        (json!({"outputs": [output(3, 1), output(2, 0)]}), "!outputs[i].owner.is_impossible(): "),
        (json!({"outputs": []}), "out.size(): there must be at least one output"),
        (json!({"blinding_factor": NO_FACTOR}), COMMIT),
        (json!({"memo": null}), "fc::ecc::verify_sum( {public_c}, out, 0 ): "),
    ];
    let valid = json!({"amount": amount(5, 0), "outputs": [output(2, 0)]});
    case("transfer_to_blind", valid, rows)
}

fn transfer_from_blind() -> Case {
    let rows = vec![
        (json!({"amount": {"amount": 0}}), "amount.amount > 0: "),
        negative_fee("fee.amount >= 0: "),
        (json!({"inputs": []}), "inputs.size() > 0: "),
        (json!({"amount": {"asset_id": "1.3.7"}}), "amount.asset_id == fee.asset_id: "),
        (json!({"blinding_factor": NO_FACTOR}), COMMIT),
        (
            json!({"inputs": [input(3), input(2)]}),
            "in[i-1] < in[i]: all inputs must be sorted by commitment id",
        ),
        (json!({"memo": null}), "fc::ecc::verify_sum( in, out, 0 ): "),
    ];
    in_order("transfer_from_blind", json!({"amount": amount(5, 0), "inputs": [input(2)]}), rows)
}

fn blind_transfer() -> Case {
    let rows = vec![
        (json!({"inputs": [input(3), input(2)]}), "in[i-1] < in[i]: "),
        (json!({"outputs": [output(3, 0), output(2, 1)]}), "out[i-1] < out[i]: "),
        (json!({"outputs": [output(3, 1), output(2, 0)]}), "!outputs[i].owner.is_impossible(): "),
        (json!({"inputs": []}), "in.size(): there must be at least one input"),
        (json!({"memo": null}), "fc::ecc::verify_sum( in, out, net_public ): "),
    ];
    in_order("blind_transfer", json!({"inputs": [input(2)], "outputs": [output(4, 0)]}), rows)
}

fn custom_authorities() -> Vec<Case> {
    let with_fee = |rows: Rows| {
        [vec![negative_fee("fee.amount >= 0: Fee amount can not be negative")], rows].concat()
    };
    let special = |words: &'static str| -> Rows {
        let account = |id: u64| (json!({"account": format!("1.2.{id}")}), words);
        [0, 1, 2, 4].into_iter().map(account).collect()
    };
    let create = "account != GRAPHENE_TEMP_ACCOUNT && account != GRAPHENE_COMMITTEE_ACCOUNT && \
                  account != GRAPHENE_WITNESS_ACCOUNT && \
                  account != GRAPHENE_RELAXED_COMMITTEE_ACCOUNT: \
                  Can not create custom authority for special accounts";
    let delete = "account != GRAPHENE_TEMP_ACCOUNT && account != GRAPHENE_COMMITTEE_ACCOUNT && \
                  account != GRAPHENE_WITNESS_ACCOUNT && \
                  account != GRAPHENE_RELAXED_COMMITTEE_ACCOUNT: \
                  Can not delete custom authority for special accounts";
    let addresses = json!([["BTSHDVJUaJJmczQDSUqe3Bg9ZDtksfSJHrmu", 1]]);
    let (early, late) = ("2031-01-01T00:00:00", "2031-01-02T00:00:00");
    let valid = json!({"account": "1.2.7", "valid_from": early, "valid_to": late});
    let created = vec![
        (
            json!({"valid_to": early}),
            "valid_from < valid_to: valid_from must be earlier than valid_to",
        ),
        (
            json!({"auth": {"address_auths": addresses}}),
            "auth.address_auths.size() == 0: Address authorities are not supported",
        ),
        (
            json!({"auth": {"weight_threshold": 1}}),
            "!auth.is_impossible(): Cannot use an imposible authority threshold",
        ),
        (json!({"operation_type": 4}), "Unsupported operation detected!"),
    ];
    let updated = vec![
        (
            json!({"new_valid_from": late, "new_valid_to": early}),
            "*new_valid_from < *new_valid_to: valid_from must be earlier than valid_to",
        ),
        (
            json!({"new_auth": {"weight_threshold": 2, "address_auths": addresses}}),
            "!new_auth->is_impossible(): Cannot use an impossible authority threshold",
        ),
        (
            json!({"new_auth": {"address_auths": addresses}}),
            "new_auth->address_auths.size() == 0: Address auth is not supported",
        ),
    ];
    let nothing = "new_enabled.valid() || new_valid_from.valid() || new_valid_to.valid() || \
                   new_auth.valid() || !restrictions_to_remove.empty() || \
                   !restrictions_to_add.empty(): Must update something";
    let name = "custom_authority_update";
    let plain = json!({"account": "1.2.7", "new_enabled": true});
    vec![
        in_order("custom_authority_create", valid, with_fee([special(create), created].concat())),
        in_order(name, plain.clone(), with_fee([special(create), updated].concat())),
        in_order(name, plain, with_fee(vec![(json!({"new_enabled": null}), nothing)])),
        in_order("custom_authority_delete", json!({"account": "1.2.7"}), with_fee(special(delete))),
    ]
}
