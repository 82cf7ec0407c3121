//! Accounts, proposals and permissions.

use super::{Case, Rows, amount, case, in_order, negative_fee};
use serde_json::{Value, json};

const KEY: &str = "BTS5bBDQczS89S9bAKESz65im3JqAv1xachueJRCKzT4rj5K8Lf9C";

pub(super) fn cases() -> Vec<Case> {
    vec![
        account_create(),
        buyback(),
        account_update(),
        case(
            "account_whitelist",
            json!({"new_listing": 3}),
            vec![(json!({"new_listing": 4}), "new_listing < 0x4: ")],
        ),
        case("account_upgrade", json!({}), vec![]),
        case("account_transfer", json!({}), vec![]),
        in_order(
            "proposal_create",
            json!({"proposed_ops": [{"op": [8, {}]}]}),
            vec![
                (json!({"proposed_ops": []}), "!proposed_ops.empty(): "),
                (
                    json!({"proposed_ops": [{"op": [8, {"fee": {"amount": -1}}]}]}),
                    "fee.amount >= 0: ",
                ),
            ],
        ),
        proposal_update(),
        case("proposal_delete", json!({}), vec![]),
        withdraw_create(),
        withdraw_update(),
        withdraw_claim(),
        case(
            "withdraw_permission_delete",
            json!({"authorized_account": "1.2.7"}),
            vec![(
                json!({"authorized_account": "1.2.0"}),
                "withdraw_from_account != authorized_account: ",
            )],
        ),
    ]
}

fn authority() -> Value {
    json!({"weight_threshold": 1, "key_auths": [[KEY, 1]]})
}

fn addressed() -> Value {
    let address = "BTSHDVJUaJJmczQDSUqe3Bg9ZDtksfSJHrmu";
    json!({"address_auths": [[address, 1]]})
}

fn votes() -> Rows {
    let words = "needed_witnesses == 0 && needed_committee == 0: \
                 May not specify fewer witnesses or committee members than the number voted for.";
    vec![(json!({"num_witness": 1}), words), (json!({"num_committee": 1}), words)]
}

fn account_create() -> Case {
    let mut rows = vec![
        (json!({"name": "No"}), "is_valid_name( name ): "),
        (json!({"referrer_percent": 10_001}), "referrer_percent <= GRAPHENE_100_PERCENT: "),
        (json!({"owner": {"key_auths": []}}), "owner.num_auths() != 0: "),
        (json!({"owner": addressed()}), "owner.address_auths.size() == 0: "),
        (json!({"active": {"key_auths": []}}), "active.num_auths() != 0: "),
        (json!({"active": addressed()}), "active.address_auths.size() == 0: "),
        (
            json!({"owner": {"weight_threshold": 2}}),
            "!owner.is_impossible(): \
             cannot create an account with an impossible owner authority threshold",
        ),
        (
            json!({"active": {"weight_threshold": 2}}),
            "!active.is_impossible(): \
             cannot create an account with an impossible active authority threshold",
        ),
    ];
    rows.extend(votes().into_iter().map(|(votes, words)| (json!({"options": votes}), words)));
    for which in ["owner_special_authority", "active_special_authority"] {
        let nobody = json!([1, {"asset": "1.3.1", "num_top_holders": 0}]);
        rows.push((json!({"extensions": {which: nobody}}), "a.num_top_holders > 0: "));
    }
    case(
        "account_create",
        json!({"name": "alice", "owner": authority(), "active": authority()}),
        rows,
    )
}

fn buyback() -> Case {
    let nobody = json!({"weight_threshold": 1, "account_auths": [["1.2.3", 1]]});
    let special = json!([1, {"asset": "1.3.1", "num_top_holders": 1}]);
    let options = json!({"asset_to_buy": "1.3.7", "markets": ["1.3.0"]});
    let valid = json!({
        "name": "alice", "owner": nobody, "active": nobody,
        "extensions": {"buyback_options": options},
    });
    let rows = vec![
        (
            json!({"extensions": {"owner_special_authority": special}}),
            "!(extensions.value.owner_special_authority.valid()): ",
        ),
        (
            json!({"extensions": {"active_special_authority": special}}),
            "!(extensions.value.active_special_authority.valid()): ",
        ),
        (json!({"owner": authority()}), "owner == authority::null_authority(): "),
        (json!({"active": authority()}), "active == authority::null_authority(): "),
        (json!({"extensions": {"buyback_options": {"markets": []}}}), "n_markets > 0: "),
        (
            json!({"extensions": {"buyback_options": {"markets": ["1.3.0", "1.3.7"]}}}),
            "m != extensions.value.buyback_options->asset_to_buy: ",
        ),
    ];
    case("account_create", valid, rows)
}

fn account_update() -> Case {
    let mut rows = vec![
        (json!({"account": "1.2.4"}), "account != GRAPHENE_TEMP_ACCOUNT: "),
        negative_fee("fee.amount >= 0: "),
        (json!({"account": "1.2.0"}), "account != account_id_type(): "),
        (json!({"owner": null, "active": null}), "has_action: "),
        (json!({"owner": {"key_auths": []}}), "owner->num_auths() != 0: "),
        (json!({"owner": addressed()}), "owner->address_auths.size() == 0: "),
        (
            json!({"owner": {"weight_threshold": 2}}),
            "!owner->is_impossible(): \
             cannot update an account with an impossible owner authority threshold",
        ),
        (json!({"active": {"key_auths": []}}), "active->num_auths() != 0: "),
        (json!({"active": addressed()}), "active->address_auths.size() == 0: "),
        (
            json!({"active": {"weight_threshold": 2}}),
            "!active->is_impossible(): \
             cannot update an account with an impossible active authority threshold",
        ),
    ];
    rows.extend(votes().into_iter().map(|(votes, words)| (json!({"new_options": votes}), words)));
    for which in ["owner_special_authority", "active_special_authority"] {
        let nobody = json!([1, {"asset": "1.3.1", "num_top_holders": 0}]);
        rows.push((json!({"extensions": {which: nobody}}), "a.num_top_holders > 0: "));
    }
    // Without an action there is nothing else to be wrong.
    let (action, rest) = rows.split_at(4);
    let rows = [&action[..3], rest, &action[3..]].concat();
    let valid = json!({"account": "1.2.7", "owner": authority(), "active": authority()});
    in_order("account_update", valid, rows)
}

fn proposal_update() -> Case {
    let twice = |list: &str| {
        json!({
            format!("{list}_approvals_to_add"): ["1.2.7"],
            format!("{list}_approvals_to_remove"): ["1.2.7"],
        })
    };
    let rows = [
        (
            json!({"active_approvals_to_add": []}),
            "!(active_approvals_to_add.empty() && active_approvals_to_remove.empty() && \
             owner_approvals_to_add.empty() && owner_approvals_to_remove.empty() && \
             key_approvals_to_add.empty() && key_approvals_to_remove.empty()): ",
        ),
        (
            twice("active"),
            "active_approvals_to_remove.find(a) == active_approvals_to_remove.end(): \
             Cannot add and remove approval at the same time.",
        ),
        (
            twice("owner"),
            "owner_approvals_to_remove.find(a) == owner_approvals_to_remove.end(): \
             Cannot add and remove approval at the same time.",
        ),
        (
            json!({"key_approvals_to_add": [KEY], "key_approvals_to_remove": [KEY]}),
            "key_approvals_to_remove.find(a) == key_approvals_to_remove.end(): \
             Cannot add and remove approval at the same time.",
        ),
    ];
    // The first row is the only one that another makes valid.
    let (empty, rest) = rows.split_at(1);
    let rows = [vec![negative_fee("fee.amount >= 0: ")], rest.to_vec()].concat();
    let only = in_order("proposal_update", json!({"active_approvals_to_add": ["1.2.7"]}), rows);
    super::check(&case("proposal_update", only.valid.clone(), empty.to_vec()));
    only
}

fn permission() -> Value {
    json!({
        "authorized_account": "1.2.7", "withdrawal_limit": amount(5, 0),
        "withdrawal_period_sec": 60, "periods_until_expiration": 3,
    })
}

fn parties() -> (Value, &'static str) {
    (json!({"authorized_account": "1.2.0"}), "withdraw_from_account != authorized_account: ")
}

fn withdraw_create() -> Case {
    let rows = vec![
        parties(),
        (json!({"withdrawal_limit": {"amount": 0}}), "withdrawal_limit.amount > 0: "),
        (json!({"withdrawal_period_sec": 0}), "withdrawal_period_sec > 0: "),
        (json!({"periods_until_expiration": 0}), "periods_until_expiration > 0: "),
    ];
    case("withdraw_permission_create", permission(), rows)
}

fn withdraw_update() -> Case {
    let rows = vec![
        (json!({"withdrawal_limit": {"amount": 0}}), "withdrawal_limit.amount > 0: "),
        negative_fee("fee.amount >= 0: "),
        (json!({"withdrawal_period_sec": 0}), "withdrawal_period_sec > 0: "),
        parties(),
        (json!({"periods_until_expiration": 0}), "periods_until_expiration > 0: "),
    ];
    in_order("withdraw_permission_update", permission(), rows)
}

fn withdraw_claim() -> Case {
    let rows = vec![
        (json!({"withdraw_to_account": "1.2.0"}), "withdraw_to_account != withdraw_from_account: "),
        (json!({"amount_to_withdraw": {"amount": 0}}), "amount_to_withdraw.amount > 0: "),
        negative_fee("fee.amount >= 0: "),
    ];
    let valid = json!({"withdraw_to_account": "1.2.7", "amount_to_withdraw": amount(5, 0)});
    in_order("withdraw_permission_claim", valid, rows)
}
