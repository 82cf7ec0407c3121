//! Every operation that can be sent, as JSON in the order in which most are taken: one table per
//! family, one row per transaction.
//!
//! What a row needs of an earlier one it finds by the number that the earlier one got. A row may be
//! refused now and then; what counts is that each operation is taken at times. Rows know nothing of
//! how they are signed and sent.

mod accounts;
mod assets;
mod confidential;
mod contracts;
mod governance;
mod lending;
mod market;
mod pools;
mod proposals;
mod smartcoins;

use carbyne_protocol::ops::Operation;
use carbyne_wire::{Dialect, Json, JsonIn, Tags, TimePointSec};
use serde_json::{Value, json};

/// What every operation offers as its fee, in smallest units of core: as much as the dearest needs.
pub const FEE: i64 = 1_000_000_000;

/// Name of an operation, and its members: all but the fee, unless that is not [`FEE`].
type Described = (&'static str, fn(&Situation<'_>) -> Value);
/// What is sent as one transaction.
type Turn = &'static [Described];

/// In this order, again and again.
const FAMILIES: [&[Turn]; 10] = [
    accounts::TURNS,
    assets::TURNS,
    lending::TURNS,
    market::TURNS,
    smartcoins::TURNS,
    pools::TURNS,
    contracts::TURNS,
    governance::TURNS,
    proposals::TURNS,
    confidential::TURNS,
];

/// How many turns make a round.
pub fn turns() -> u64 {
    FAMILIES.iter().map(|family| family.len() as u64).sum()
}

/// What is known when a transaction is made.
pub struct Situation<'a> {
    /// The account that acts.
    pub me: &'a str,
    /// An account with another key.
    pub other: &'a str,
    /// The accounts of the committee.
    pub committee: &'a [String],
    /// What a vote for each of them is called.
    pub votes: &'a [String],
    /// The key of the account that acts, and of those it registers.
    pub key: &'a str,
    /// The parameters of the chain.
    pub parameters: &'a Value,
    /// Counts up.
    pub turn: u64,
    /// Id of the head block.
    pub head: String,
    /// Time of the head block.
    pub now: TimePointSec,
    /// The number of the newest object of a space and type.
    pub newest: &'a dyn Fn(u8, u8) -> u64,
}

impl Situation<'_> {
    /// The operations whose turn it is, with their names.
    pub fn operations(&self) -> Vec<(&'static str, Operation)> {
        let index = (self.turn % turns()) as usize;
        let turn = FAMILIES.into_iter().flatten().nth(index).expect("an operation for every turn");
        turn.iter().map(|(name, members)| (*name, self.operation(name, members(self)))).collect()
    }

    fn operation(&self, name: &str, members: Value) -> Operation {
        let operation = Operation::from_json_in(
            &self.tagged(name, members),
            Dialect::REFERENCE.knowing(Tags::All),
        );
        operation.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// An operation as JSON, with the usual fee unless there is one.
    fn tagged(&self, name: &str, mut members: Value) -> Value {
        if members.get("fee").is_none() {
            members["fee"] = self.core(FEE);
        }
        let found = Operation::TABLE.iter().find(|(_, known, _)| *known == name);
        json!([found.expect("an operation").0, members])
    }

    fn round(&self) -> u64 {
        self.turn / turns()
    }

    /// The newest object of a space and type.
    fn id(&self, space: u8, type_: u8) -> String {
        format!("{space}.{type_}.{}", (self.newest)(space, type_))
    }

    /// The newest account, which has our key.
    fn friend(&self) -> String {
        self.id(1, 2)
    }

    fn asset(&self) -> String {
        self.id(1, 3)
    }

    /// The newest asset but one.
    fn asset_before(&self) -> String {
        format!("1.3.{}", (self.newest)(1, 3).saturating_sub(1))
    }

    fn amount(&self, amount: i64, asset: &str) -> Value {
        json!({ "amount": amount, "asset_id": asset })
    }

    fn core(&self, amount: i64) -> Value {
        self.amount(amount, "1.3.0")
    }

    fn of_newest(&self, amount: i64) -> Value {
        self.amount(amount, &self.asset())
    }

    /// So much of the newest asset for so much core.
    fn price(&self, newest: i64, core: i64) -> Value {
        json!({ "base": self.of_newest(newest), "quote": self.core(core) })
    }

    fn after(&self, seconds: u32) -> Value {
        self.now.wrapping_add(seconds).to_json()
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
}
