//! The small chain of the sandbox with every family of contracts open, stories told as tables, and
//! slow models driven beside the rules.
//!
//! A story is a list of steps; each operation says what comes back, and amounts are told between
//! them. Times are seconds after the start of the chain. After every step all that is held of an
//! asset is its supply.

use super::sandbox::{START, apply, check_supplies, ledger};
use crate::Ledger;
use crate::upkeep::contracts::due_contracts;
use carbyne_objects::FeatureSettings;
use carbyne_protocol::features::Family;
use carbyne_protocol::ids::{AccountId, AssetId, FeatureSettingsId};
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Id, TimePointSec};
use proptest::prelude::*;
use std::fmt::Debug;
use std::ops::Range;

/// The chain, on which every account below the issuer has `each` of every asset but the last.
pub(crate) fn open_chain(each: i64) -> Ledger {
    let mut ledger = ledger(each);
    let settings = FeatureSettings::new(Family::ALL.into_iter().collect());
    ledger.create::<FeatureSettingsId>(settings);
    ledger
}

/// A step of a story.
pub(crate) enum Step {
    /// An operation is applied, with this outcome: `ok` or the reason.
    Do(Operation, &'static str),
    /// A block of that time ends.
    At(u32),
    /// An account has so much of an asset.
    Has(u64, u64, i64),
    /// There are so many contracts.
    Rows(usize),
    /// Something happens that is no operation of a contract.
    Then(fn(&mut Ledger)),
}

/// A moment so many seconds after the start, as JSON.
pub(crate) fn at(seconds: u32) -> String {
    TimePointSec(START.0 + seconds).to_string()
}

/// Ends a block of a time.
pub(crate) fn end_block(ledger: &mut Ledger, seconds: u32) {
    ledger.modify_dynamic(|dynamic| dynamic.time = TimePointSec(START.0 + seconds)).unwrap();
    due_contracts(ledger).unwrap();
    check_supplies(ledger);
}

/// Their issuer refuses that an account holds assets, by their numbers.
pub(crate) fn blacklist(ledger: &mut Ledger, account: u64, assets: Range<u64>) {
    let (judge, account): (AccountId, AccountId) = (Id(9), Id(account));
    ledger.modify(account, |account| account.extras.blacklisting_accounts.insert(judge)).unwrap();
    for asset in assets {
        let asset: AssetId = Id(asset);
        ledger.modify(asset, |asset| asset.options.blacklist_authorities.insert(judge)).unwrap();
    }
}

/// How many contracts there are.
pub(crate) fn rows(ledger: &Ledger) -> usize {
    let mut rows = 0;
    ledger.tables.each(&mut |(space, kind), table| {
        rows += if space == 16 && kind > 0 { table.count() } else { 0 };
    });
    rows
}

/// Tells a story, and tells it again after all of it was undone.
#[track_caller]
pub(crate) fn check(ledger: &mut Ledger, story: &[Step]) {
    let before = ledger.state_hash();
    ledger.begin();
    story.iter().enumerate().for_each(|(place, step)| tell(ledger, place, step));
    let after = ledger.state_hash();
    ledger.undo();
    assert_eq!(ledger.state_hash(), before, "undone");
    story.iter().enumerate().for_each(|(place, step)| tell(ledger, place, step));
    assert_eq!(ledger.state_hash(), after, "done again");
}

#[track_caller]
fn tell(ledger: &mut Ledger, place: usize, step: &Step) {
    match step {
        Step::Do(operation, expected) => {
            let outcome = apply(ledger, operation.clone());
            let said = outcome.as_ref().err().map(ToString::to_string);
            let reason = outcome.map_or_else(|refusal| refusal.reason(), |_| "ok");
            assert_eq!(reason, *expected, "step {place}: {operation:?}: {said:?}");
        }
        Step::At(seconds) => end_block(ledger, *seconds),
        Step::Has(account, asset, amount) => {
            let has = ledger.balance(Id(*account), Id(*asset));
            assert_eq!(has, *amount, "step {place}: 1.2.{account} of 1.3.{asset}");
        }
        Step::Rows(count) => assert_eq!(rows(ledger), *count, "step {place}: contracts"),
        Step::Then(change) => change(ledger),
    }
}

/// A slow model of a family: lists and whole numbers, no rule of the ledger.
pub(crate) trait Naive: Clone {
    /// Something that somebody does.
    type Deed: Clone + Debug;

    /// The operation for it as things stand, and whether it is taken; none if there is nothing
    /// that it could be about.
    fn act(&mut self, deed: &Self::Deed) -> Option<(Operation, bool)>;

    /// A block of that time ends, in seconds after the start.
    fn end_block(&mut self, seconds: u32);

    /// What everybody has, as account, asset and amount.
    fn amounts(&self) -> Vec<(u64, u64, i128)>;

    /// How many contracts there are.
    fn contracts(&self) -> usize;
}

/// What happens to a model and the ledger alike.
#[derive(Clone, Debug)]
pub(crate) enum Turn<D> {
    /// Somebody does something.
    Deed(D),
    /// A block ends so many seconds after the last.
    Block(u32),
    /// A branch of the chain that is taken back, and then comes again.
    Fork(Vec<Turn<D>>),
}

/// Turns: deeds, blocks between them, and forks.
pub(crate) fn turns<D: Clone + Debug + 'static>(
    deed: impl Strategy<Value = D> + Clone + 'static,
    seconds: impl Strategy<Value = u32> + Clone + 'static,
) -> impl Strategy<Value = Vec<Turn<D>>> {
    let one = move || {
        prop_oneof![
            4 => deed.clone().prop_map(Turn::Deed),
            2 => seconds.clone().prop_map(Turn::Block),
        ]
    };
    let fork = proptest::collection::vec(one(), 1..8).prop_map(Turn::Fork);
    proptest::collection::vec(prop_oneof![12 => one(), 1 => fork], 1..60)
}

/// How many sequences are tried: few, unless `CARBYNE_CONTRACT_CASES` asks for more.
pub(crate) fn cases() -> ProptestConfig {
    let asked = std::env::var("CARBYNE_CONTRACT_CASES").ok();
    let cases = asked.and_then(|cases| cases.parse().ok()).unwrap_or(300);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// A model beside the ledger.
pub(crate) struct Beside<N> {
    pub(crate) ledger: Ledger,
    pub(crate) model: N,
    now: u32,
}

impl<N: Naive> Beside<N> {
    pub(crate) fn new(ledger: Ledger, model: N) -> Self {
        Self { ledger, model, now: 0 }
    }

    /// Takes turns, comparing what everybody has after each.
    pub(crate) fn take(&mut self, turns: &[Turn<N::Deed>]) {
        turns.iter().for_each(|turn| self.turn(turn));
    }

    fn turn(&mut self, turn: &Turn<N::Deed>) {
        match turn {
            Turn::Deed(deed) => {
                let Some((operation, is_taken)) = self.model.act(deed) else { return };
                let outcome = apply(&mut self.ledger, operation.clone());
                let said = outcome.as_ref().err().map(|refusal| refusal.reason());
                assert_eq!(said.is_none(), is_taken, "{operation:?} {said:?}");
            }
            Turn::Block(seconds) => {
                self.now += seconds;
                end_block(&mut self.ledger, self.now);
                self.model.end_block(self.now);
            }
            Turn::Fork(branch) => return self.fork(branch),
        }
        self.compare();
    }

    fn fork(&mut self, branch: &[Turn<N::Deed>]) {
        let (before, model, now) = (self.ledger.state_hash(), self.model.clone(), self.now);
        self.ledger.begin();
        self.take(branch);
        let after = self.ledger.state_hash();
        self.ledger.undo();
        assert_eq!(self.ledger.state_hash(), before, "undone");
        (self.model, self.now) = (model, now);
        self.take(branch);
        assert_eq!(self.ledger.state_hash(), after, "done again");
    }

    fn compare(&self) {
        for (account, asset, amount) in self.model.amounts() {
            let has = self.ledger.balance(Id(account), Id(asset));
            assert_eq!(i128::from(has), amount, "1.2.{account} of 1.3.{asset} at {}", self.now);
        }
        assert_eq!(rows(&self.ledger), self.model.contracts(), "contracts at {}", self.now);
    }
}
