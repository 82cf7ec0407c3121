//! Doing what a scenario did, event by event, and comparing what became of it.

use super::Options;
use super::event::{self, Diff, Event, Kind};
use super::objects::{self, Mismatches};
use crate::compare::{Difference, Numbers, compare};
use crate::coverage::Coverage;
use crate::supply;
use carbyne_chain::{AppliedBlock, Chain, ChainEvent, Observe};
use carbyne_core::{Became, Core, Effects, Input, Now, Outcome, Production};
use carbyne_ledger::Ledger;
use carbyne_ledger::run::AppliedOperation;
use carbyne_protocol::genesis::GenesisState;
use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
use carbyne_protocol::{Recover, RecoveredBlock, RecoveredTransaction, Rejected};
use carbyne_wire::{Dialect, Digest, Json, JsonIn, Pack, Tags, unpack_exact};
use serde_json::{Value, json};
use std::sync::Arc;

/// A chain on which a scenario is done again.
pub(super) struct Replay {
    core: Core,
    options: Options,
    /// Whether a transaction came since the last block or `clear`.
    transaction_came: bool,
    /// Whether all that happened went by the rules, so that amounts add up.
    is_untouched: bool,
    /// What the chain answered.
    pub(super) coverage: Coverage,
}

impl Replay {
    pub(super) fn new(options: Options) -> Self {
        let chain = Chain::new(Ledger::default(), Digest::default());
        Self {
            core: Core::new(chain, Vec::new(), Production::None),
            options,
            transaction_came: false,
            is_untouched: true,
            coverage: Coverage::default(),
        }
    }

    /// Does what the event says; gives where the outcome differs.
    pub(super) fn step(&mut self, event: &Event) -> Mismatches {
        let mut mismatches = match event.ev {
            Kind::Genesis => self.genesis(event),
            Kind::Tx if self.options.blocks_only => Mismatches::new(),
            Kind::Tx => self.transaction(event),
            Kind::Block => self.block(event),
            Kind::Clear => self.clear(event),
            Kind::Pop => {
                about("pop", self.core.chain.pop_block().err().map(|e| refused("applied", e)))
            }
            Kind::Set => self.set(event),
            Kind::Final => self.end(event),
        };
        match event.ev {
            Kind::Tx => self.transaction_came = true,
            Kind::Block | Kind::Clear => self.transaction_came = false,
            Kind::Set => self.is_untouched = false,
            _ => {}
        }
        if self.is_untouched && event.ok {
            mismatches.extend(self.audit());
        }
        mismatches
    }

    fn audit(&self) -> Mismatches {
        let subject = format!("after block {}", self.core.chain.head_number());
        about(&subject, supply::check(self.core.chain.ledger()))
    }

    fn genesis(&mut self, event: &Event) -> Mismatches {
        let chain_id = Digest::from_hex(&event.chain_id).unwrap_or_default();
        let ledger = GenesisState::from_json_in(&event.genesis, Dialect::REFERENCE)
            .map_err(|error| about("genesis", [Difference::new("JSON", "readable", error)]))
            .and_then(|genesis| {
                Ledger::from_genesis(&genesis, chain_id)
                    .map_err(|rejected| about("genesis", [refused("a state", rejected)]))
            });
        match ledger {
            Ok(ledger) => {
                self.core = Core::new(Chain::new(ledger, chain_id), Vec::new(), Production::None);
                self.core.chain.set_observe(Observe::Objects);
                objects::compare_all(&event.objects, self.core.chain.ledger())
            }
            Err(mismatches) => mismatches,
        }
    }

    fn transaction(&mut self, event: &Event) -> Mismatches {
        let transaction = match decode::<SignedTransaction>(&event.hex) {
            Ok(transaction) => transaction,
            Err(mismatches) => return mismatches,
        };
        let operations = transaction.operations.clone();
        let chain_id = *self.core.chain.chain_id();
        let recovered = RecoveredTransaction::new(transaction, &chain_id, Recover::Signatures);
        let subject = format!("transaction {}", recovered.id());
        let before = self.hash();
        let input = Input::Transaction(Arc::new(recovered), event::trust(event.skip));
        let (outcome, effects) = self.do_step(input);
        match outcome {
            Err(refused) => self.compare_refusal(&subject, event, &refused.rejected, before),
            Ok(_) if !event.ok => about(&subject, [accepted(event)]),
            Ok(_) => {
                self.coverage.accept(&operations);
                let accepted = effects.accepted.unwrap_or_default();
                let mut mismatches = Mismatches::new();
                let results = accepted.results.to_json();
                compare_value(&mut mismatches, &subject, "results", &event.results, &results);
                if let Some(diff) = &event.diff {
                    let ledger = self.core.chain.ledger();
                    let now = |id| objects::now(ledger, id);
                    mismatches.extend(objects::compare_changes(diff, accepted.changes, now));
                }
                mismatches
            }
        }
    }

    fn block(&mut self, event: &Event) -> Mismatches {
        let block = match decode::<SignedBlock>(&event.hex) {
            Ok(block) => block,
            Err(mismatches) => return mismatches,
        };
        let subject = format!("block {}", block.block_num());
        let recover = if event::needs_no_recovery(event.skip) {
            Recover::Nothing
        } else {
            Recover::Signatures
        };
        let block = RecoveredBlock::new(block, self.core.chain.chain_id(), recover);
        let before = self.hash();
        let input = Input::Block(Arc::new(block), event::trust(event.skip));
        let (outcome, effects) = self.do_step(input);
        let mut mismatches = match outcome {
            Err(refused) => self.compare_refusal(&subject, event, &refused.rejected, before),
            Ok(_) if !event.ok => about(&subject, [accepted(event)]),
            Ok(became) => self.compare_block(&subject, event, became, effects.events),
        };
        if let Some(head) = &event.head {
            let (wanted, got) = (Value::from(head.clone()), self.core.chain.head_id().to_json());
            compare_value(&mut mismatches, &subject, "head", &wanted, &got);
        }
        mismatches
    }

    /// Does a step, after the time of every recorded block.
    fn do_step(&mut self, input: Input) -> (Outcome, Effects) {
        let mut effects = Effects::default();
        let outcome = self.core.step(Now(i64::MAX), input, &mut effects);
        (outcome, effects)
    }

    fn compare_block(
        &mut self,
        subject: &str,
        event: &Event,
        became: Became,
        events: Vec<ChainEvent>,
    ) -> Mismatches {
        let mut mismatches = Mismatches::new();
        let applied: Vec<_> = events.into_iter().filter_map(applied_block).collect();
        for operation in applied.iter().flat_map(|block| &block.operations) {
            self.coverage.accept([&operation.op]);
        }
        let (wanted, got) = (Value::from(event.forked), Value::from(became == Became::Switched));
        compare_value(&mut mismatches, subject, "forked", &wanted, &got);
        let Some(diff @ Diff { changed: Some(_), .. }) = &event.diff else { return mismatches };
        if became != Became::Extended {
            let difference = Difference::new("outcome", "Extended", format!("{became:?}"));
            mismatches.extend(about(subject, [difference]));
            return mismatches;
        }
        let Some(applied) = applied.into_iter().next() else { return mismatches };
        let ops = applied.operations.iter().map(operation_json).collect::<Vec<_>>();
        compare_operations(&mut mismatches, &event.ops, &ops);
        let pending = self.pending_changes();
        let at_head = |id| objects::at_head(self.core.chain.ledger(), &pending, id);
        mismatches.extend(objects::compare_changes(diff, applied.changes.clone(), at_head));
        mismatches
    }

    fn clear(&mut self, event: &Event) -> Mismatches {
        let changes = self.pending_changes();
        let ledger = self.core.chain.ledger();
        let mut mismatches = Mismatches::new();
        if !self.options.blocks_only {
            let nothing = Diff { changed: None, removed: Vec::new() };
            let diff = event.pending.as_ref().unwrap_or(&nothing);
            let now = |id| objects::now(ledger, id);
            mismatches = objects::compare_changes(diff, changes, now);
        }
        self.core.chain.clear_pending();
        mismatches
    }

    fn set(&mut self, event: &Event) -> Mismatches {
        if self.options.blocks_only && self.transaction_came {
            return Mismatches::new();
        }
        let ledger = self.core.chain.ledger_mut();
        let failed: Vec<Difference> = event
            .objects
            .iter()
            .filter_map(|object| objects::write(ledger, object).err())
            .map(|difference| *difference)
            .collect();
        event.removed.iter().for_each(|id| objects::remove(ledger, id));
        if failed.is_empty() { Mismatches::new() } else { about("set", failed) }
    }

    fn end(&mut self, event: &Event) -> Mismatches {
        self.core.chain.clear_pending();
        let mut mismatches = objects::compare_all(&event.objects, self.core.chain.ledger());
        if let (Some(num), Some(head)) = (event.num, &event.head) {
            let wanted = json!({"num": num, "head": head});
            let got = json!({
                "num": self.core.chain.head_number(),
                "head": self.core.chain.head_id().to_json(),
            });
            compare_value(&mut mismatches, "final", "", &wanted, &got);
        }
        mismatches
    }

    fn compare_refusal(
        &mut self,
        subject: &str,
        event: &Event,
        rejected: &Rejected,
        before: Option<Digest<32>>,
    ) -> Mismatches {
        self.coverage.refuse(rejected);
        if event.ok {
            return about(subject, [refused("accepted", rejected)]);
        }
        let got = rejected.code().number;
        if event.code != Some(got) {
            let wanted = format!("{} {}", event.code.unwrap_or_default(), event.err);
            let got = format!("{got} {}: {rejected}", rejected.reason());
            return about(subject, [Difference::new("code", wanted, got)]);
        }
        let mut differences = Vec::new();
        let words = rejected.words();
        if event.err != words {
            differences.push(Difference::new("err", &event.err, words));
        }
        match (before, self.hash()) {
            (Some(before), Some(after)) if before != after => {
                differences.push(Difference::new("state after refusal", before, after));
            }
            _ => {}
        }
        about(subject, differences)
    }

    fn pending_changes(&self) -> Vec<carbyne_ledger::tables::ObjectChange> {
        if self.core.chain.pending_is_open() {
            self.core.chain.ledger().changes()
        } else {
            Vec::new()
        }
    }

    fn hash(&self) -> Option<Digest<32>> {
        self.options.thorough.then(|| self.core.chain.ledger().state_hash())
    }
}

fn applied_block(event: ChainEvent) -> Option<Arc<AppliedBlock>> {
    match event {
        ChainEvent::Applied(applied) => Some(applied),
        ChainEvent::Undone { .. } | ChainEvent::Pending(_) | ChainEvent::Refused(_) => None,
    }
}

fn decode<T: Pack>(hex: &str) -> Result<T, Mismatches> {
    let failed =
        |wanted, got: &dyn std::fmt::Display| about("event", [Difference::new("hex", wanted, got)]);
    let bytes = hex::decode(hex).map_err(|error| failed("hexadecimal", &error))?;
    unpack_exact(&bytes, Tags::Reference).map_err(|error| failed("readable bytes", &error))
}

fn about(subject: &str, differences: impl IntoIterator<Item = Difference>) -> Mismatches {
    let differences: Vec<Difference> = differences.into_iter().collect();
    if differences.is_empty() { Vec::new() } else { vec![(subject.to_owned(), differences)] }
}

fn refused(wanted: &str, rejected: impl std::fmt::Display) -> Difference {
    Difference::new("outcome", wanted, format!("refused: {rejected}"))
}

fn accepted(event: &Event) -> Difference {
    Difference::new("outcome", format!("refused: {}", event.err), "accepted")
}

fn compare_value(
    mismatches: &mut Mismatches,
    subject: &str,
    field: &str,
    wanted: &Value,
    got: &Value,
) {
    let mut differences = Vec::new();
    compare(field, wanted, got, Numbers::ByValue, &mut differences);
    mismatches.extend(about(subject, differences));
}

/// Compares the operations of a block one by one; the first that differs says most.
fn compare_operations(mismatches: &mut Mismatches, wanted: &[Value], got: &[Value]) {
    for at in 0..wanted.len().max(got.len()) {
        let subject = format!("operation {at}");
        let (wanted, got) = (wanted.get(at), got.get(at));
        match (wanted, got) {
            (Some(wanted), Some(got)) => compare_value(mismatches, &subject, "", wanted, got),
            _ => {
                let missing = Difference::presence("op", wanted.cloned(), got.cloned());
                mismatches.extend(about(&subject, [missing]));
            }
        }
    }
}

fn operation_json(applied: &AppliedOperation) -> Value {
    json!({
        "op": applied.op.to_json_in(Dialect::REFERENCE),
        "result": applied.result.to_json(),
        "block_num": applied.block_num,
        "trx_in_block": applied.trx_in_block,
        "op_in_trx": applied.op_in_trx,
        "virtual_op": applied.virtual_op,
        "is_virtual": applied.is_virtual,
        "block_time": applied.block_time.to_json(),
    })
}
