//! Operations of every family that one account can sign, as JSON, to be sent in turn.
//!
//! What one of them needs of an earlier one it finds by the number that the earlier one got. Some
//! are refused at times; what counts is that each kind is taken now and then.

use carbyne_protocol::ops::Operation;
use carbyne_wire::Json;
use serde_json::{Value, json};

/// What is known when an operation is made.
pub struct Situation<'a> {
    /// Who signs.
    pub account: &'a str,
    /// Somebody else.
    pub other: &'a str,
    /// The key of the account.
    pub key: &'a str,
    /// Counts up.
    pub turn: u64,
    /// Time of the head block, as seconds since 1970.
    pub now: u32,
    /// The number of the newest object of a space and type.
    pub newest: &'a dyn Fn(u8, u8) -> u64,
}

impl Situation<'_> {
    fn id(&self, space: u8, type_: u8) -> String {
        format!("{space}.{type_}.{}", (self.newest)(space, type_))
    }

    fn asset(&self) -> String {
        self.id(1, 3)
    }

    fn amount(&self, amount: i64, asset: &str) -> Value {
        json!({ "amount": amount, "asset_id": asset })
    }

    fn core(&self, amount: i64) -> Value {
        self.amount(amount, "1.3.0")
    }

    fn after(&self, seconds: u32) -> Value {
        carbyne_wire::TimePointSec(self.now + seconds).to_json()
    }

    /// Letters for a name or symbol that nothing has yet.
    fn letters(&self) -> String {
        let mut number = self.turn;
        let mut letters = String::new();
        for _ in 0..8 {
            letters.push(char::from(b'A' + (number % 26) as u8));
            number /= 26;
        }
        letters
    }

    fn authority(&self) -> Value {
        json!({
            "weight_threshold": 1,
            "account_auths": [],
            "key_auths": [[self.key, 1]],
            "address_auths": [],
        })
    }

    fn asset_options(&self) -> Value {
        json!({
            "max_supply": 1_000_000_000_i64,
            "market_fee_percent": 10,
            "max_market_fee": 1_000,
            "issuer_permissions": 79,
            "flags": 0,
            "core_exchange_rate": {
                "base": self.core(1),
                "quote": self.amount(1, "1.3.1"),
            },
        })
    }

    /// A proposal that fails on its `assert` and must then leave its transfer undone.
    fn doomed(&self) -> Value {
        let wrong = json!([0, { "account_id": self.account, "name": "nobody" }]);
        let asserts = json!({ "fee_paying_account": self.account, "predicates": [wrong] });
        let transfer = json!({ "from": self.account, "to": self.other, "amount": self.core(777) });
        json!({
            "fee_paying_account": self.account,
            "expiration_time": self.after(3_600),
            "proposed_ops": [
                { "op": self.with_fee("assert", asserts) },
                { "op": self.with_fee("transfer", transfer) },
            ],
        })
    }

    fn with_fee(&self, name: &str, mut members: Value) -> Value {
        members["fee"] = self.core(1_000_000_000);
        json!([tag(name), members])
    }

    /// Name and members of the operation whose turn it is.
    fn described(&self) -> (&'static str, Value) {
        let turn = self.turn % KINDS;
        let found = self.accounts(turn).or_else(|| self.assets(turn));
        let found = found.or_else(|| self.orders_and_proposals(turn));
        let found = found.or_else(|| self.permissions(turn)).or_else(|| self.contracts(turn));
        found.expect("an operation for every turn")
    }

    fn accounts(&self, turn: u64) -> Option<(&'static str, Value)> {
        let (me, other) = (self.account, self.other);
        Some(match turn {
            0 => ("transfer", json!({"from": me, "to": other, "amount": self.core(5)})),
            1 => (
                "account_create",
                json!({
                    "registrar": me, "referrer": me, "referrer_percent": 0,
                    "name": format!("a{}1", self.letters().to_lowercase()),
                    "owner": self.authority(), "active": self.authority(),
                    "options": {"memo_key": self.key, "voting_account": "1.2.5"},
                }),
            ),
            2 => (
                "account_update",
                json!({
                    "account": me,
                    "new_options": {"memo_key": self.key, "voting_account": "1.2.5"},
                }),
            ),
            3 => (
                "account_upgrade",
                json!({
                    "account_to_upgrade": me, "upgrade_to_lifetime_member": true,
                }),
            ),
            _ => return None,
        })
    }

    fn assets(&self, turn: u64) -> Option<(&'static str, Value)> {
        let me = self.account;
        Some(match turn {
            4 => (
                "asset_create",
                json!({
                    "issuer": me, "symbol": self.letters(), "precision": 2,
                    "common_options": self.asset_options(), "is_prediction_market": false,
                }),
            ),
            5 => (
                "asset_issue",
                json!({
                    "issuer": me, "asset_to_issue": self.amount(1_000_000, &self.asset()),
                    "issue_to_account": me,
                }),
            ),
            6 => (
                "asset_fund_fee_pool",
                json!({
                    "from_account": me, "asset_id": self.asset(), "amount": 500,
                }),
            ),
            7 => (
                "asset_reserve",
                json!({
                    "payer": me, "amount_to_reserve": self.amount(10, &self.asset()),
                }),
            ),
            _ => return None,
        })
    }

    fn orders_and_proposals(&self, turn: u64) -> Option<(&'static str, Value)> {
        let me = self.account;
        Some(match turn {
            8 => (
                "limit_order_create",
                json!({
                    "seller": me, "amount_to_sell": self.amount(100, &self.asset()),
                    "min_to_receive": self.core(1_000), "expiration": self.after(86_400),
                    "fill_or_kill": false,
                }),
            ),
            9 => (
                "limit_order_create",
                json!({
                    "seller": me, "amount_to_sell": self.core(500),
                    "min_to_receive": self.amount(50, &self.asset()),
                    "expiration": self.after(86_400), "fill_or_kill": false,
                }),
            ),
            10 => (
                "limit_order_cancel",
                json!({
                    "fee_paying_account": me, "order": self.id(1, 7),
                }),
            ),
            11 | 12 => ("proposal_create", self.doomed()),
            13 => (
                "proposal_update",
                json!({
                    "fee_paying_account": me, "proposal": self.id(1, 10),
                    "active_approvals_to_add": [me],
                }),
            ),
            14 => (
                "proposal_delete",
                json!({
                    "fee_paying_account": me, "proposal": self.id(1, 10),
                    "using_owner_authority": false,
                }),
            ),
            15 => (
                "assert",
                json!({
                    "fee_paying_account": me,
                    "predicates": [[1, {"asset_id": "1.3.0", "symbol": "BTS"}]],
                }),
            ),
            _ => return None,
        })
    }

    fn permissions(&self, turn: u64) -> Option<(&'static str, Value)> {
        let (me, other) = (self.account, self.other);
        Some(match turn {
            16 => ("custom", json!({"payer": me, "id": 7, "data": "beef"})),
            17 => (
                "withdraw_permission_create",
                json!({
                    "withdraw_from_account": me, "authorized_account": other,
                    "withdrawal_limit": self.core(10), "withdrawal_period_sec": 3_600,
                    "periods_until_expiration": 5, "period_start_time": self.after(600),
                }),
            ),
            18 => (
                "withdraw_permission_delete",
                json!({
                    "withdraw_from_account": me, "authorized_account": other,
                    "withdrawal_permission": self.id(1, 12),
                }),
            ),
            19 => (
                "vesting_balance_create",
                json!({
                    "creator": me, "owner": me, "amount": self.core(1_000),
                    "policy": [1, {"start_claim": self.after(0), "vesting_seconds": 10}],
                }),
            ),
            20 => (
                "vesting_balance_withdraw",
                json!({
                    "vesting_balance": self.id(1, 13), "owner": me, "amount": self.core(1),
                }),
            ),
            21 => ("committee_member_create", json!({"committee_member_account": me, "url": ""})),
            22 => (
                "witness_create",
                json!({
                    "witness_account": me, "url": "", "block_signing_key": self.key,
                }),
            ),
            _ => return None,
        })
    }

    fn contracts(&self, turn: u64) -> Option<(&'static str, Value)> {
        let (me, other) = (self.account, self.other);
        Some(match turn {
            23 => (
                "htlc_create",
                json!({
                    "from": me, "to": other, "amount": self.core(3),
                    "preimage_hash": [2, "00".repeat(32)], "preimage_size": 32,
                    "claim_period_seconds": 3_600,
                }),
            ),
            24 => (
                "ticket_create",
                json!({
                    "account": me, "target_type": 1, "amount": self.core(100),
                }),
            ),
            25 => (
                "credit_offer_create",
                json!({
                    "owner_account": me, "asset_type": "1.3.0", "balance": 1_000, "fee_rate": 100,
                    "max_duration_seconds": 3_600, "min_deal_amount": 1, "enabled": false,
                    "auto_disable_time": self.after(0),
                    "acceptable_collateral": [
                        [self.asset(), {
                            "base": self.core(1), "quote": self.amount(1, &self.asset()),
                        }],
                    ],
                    "acceptable_borrowers": [],
                }),
            ),
            26 => (
                "samet_fund_create",
                json!({
                    "owner_account": me, "asset_type": "1.3.0", "balance": 1_000, "fee_rate": 100,
                }),
            ),
            27 => (
                "account_whitelist",
                json!({
                    "authorizing_account": me, "account_to_list": other,
                    "new_listing": self.turn / KINDS % 4,
                }),
            ),
            28 => (
                "asset_claim_pool",
                json!({
                    "issuer": me, "asset_id": self.asset(), "amount_to_claim": self.core(5),
                }),
            ),
            _ => return None,
        })
    }

    /// The operation whose turn it is, and its name.
    pub fn operation(&self) -> (&'static str, Operation) {
        let (name, members) = self.described();
        let operation = Operation::from_json(&self.with_fee(name, members));
        (name, operation.unwrap_or_else(|error| panic!("{name}: {error}")))
    }
}

/// Number of different turns.
pub const KINDS: u64 = 29;

fn tag(name: &str) -> u64 {
    let found = Operation::TABLE.iter().find(|(_, known, _)| *known == name);
    found.expect("an operation").0
}
