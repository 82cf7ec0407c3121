//! The step: chain, keys of producers, and what they do with what comes in.
//!
//! Invariant: the same state, time and input give the same state, outcome and effects. Whatever is
//! applied is in the effects, in order, to be brought to disk before anybody is told the outcome.

use crate::refusal::{CoreRefusal, Refused};
use crate::slots::{Hold, Missed, Slots, WhyMissed};
use carbyne_chain::{Accepted, BlockSigner, Chain, ChainEvent, Pushed, Slot};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Trust;
use carbyne_protocol::Rejected;
use carbyne_protocol::recovered::{RecoveredBlock, RecoveredTransaction};
use carbyne_wire::{TimePointSec, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Milliseconds that a block from outside may be ahead of the clock (reference: 2.5 seconds).
const AHEAD_MAX: i64 = 2_500;

/// Slots before a block that are looked at, at most: after a long standstill the newest.
const PASSED_MAX: u32 = 1_000;

/// The present: milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now(pub i64);

impl Now {
    /// The whole seconds of it.
    pub fn seconds(self) -> TimePointSec {
        let seconds = self.0.checked_div(1_000).unwrap_or_default();
        TimePointSec(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
    }

    /// Milliseconds until `time`, negative if it has passed.
    pub fn until(self, time: TimePointSec) -> i64 {
        i64::from(time.0).saturating_mul(1_000).saturating_sub(self.0)
    }
}

/// How blocks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Production {
    /// By the clock, in the slots of witnesses whose keys are here.
    ByTheClock,
    /// One with every transaction that comes.
    Instant,
    /// None: blocks only come from elsewhere.
    None,
}

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// A transaction, and who vouches for it: nobody, unless it comes from a recording.
    Transaction(Arc<RecoveredTransaction>, Trust),
    /// A block, and who vouches for it.
    Block(Arc<RecoveredBlock>, Trust),
    /// The time may have come for something.
    Tick,
    /// The same, but no block may be made now.
    Hold(Hold),
    /// A block is wanted, whatever the clock says, this many seconds after the head block at least.
    Produce {
        /// Seconds.
        seconds: u32,
    },
    /// A block of the next slot is wanted, whose witness gets this key.
    ProduceWith(Box<PrivateKey>),
    /// An object is to be changed from outside the rules.
    Change(Value),
    /// The blocks above this number are to be as if they had never been: for chains that nobody
    /// else has.
    Rewind(u32),
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// The transaction waits for a block.
    Pending,
    /// The block is the head block.
    Extended,
    /// The chain switched to the block's branch.
    Switched,
    /// The block is on a branch that is not longer, or was known.
    Aside,
    /// A block was made.
    Produced,
    /// What was asked for was done.
    Changed,
    /// There was nothing to do.
    Nothing,
}

impl Became {
    /// Whether there is one block more, behind the one that was the head block.
    fn extends(self) -> bool {
        matches!(self, Self::Extended | Self::Produced)
    }
}

impl From<Pushed> for Became {
    fn from(pushed: Pushed) -> Self {
        match pushed {
            Pushed::Extended => Self::Extended,
            Pushed::Switched => Self::Switched,
            Pushed::Aside => Self::Aside,
        }
    }
}

/// What became of an input.
pub type Outcome = Result<Became, Refused>;

/// What is to be done after a step.
#[derive(Debug, Default)]
pub struct Effects {
    /// What the chain did, in order: blocks to be brought to disk, what is to be told.
    pub events: Vec<ChainEvent>,
    /// What the transaction that waits for a block now gave back.
    pub accepted: Option<Accepted>,
    /// Slots of ours that went by, as the blocks after them show, oldest first.
    pub missed: Vec<Missed>,
    /// When to come back with a [`Input::Tick`] at the latest.
    pub wake_at: Option<TimePointSec>,
}

/// A chain and the keys of its producers.
#[derive(Debug)]
pub struct Core {
    /// The chain.
    pub chain: Chain,
    signers: BTreeMap<[u8; 33], Arc<dyn BlockSigner>>,
    production: Production,
    /// When the slot begins for which a block was tried last.
    tried: TimePointSec,
    slots: Slots,
}

impl Core {
    /// A core that makes blocks with these keys.
    pub fn new(chain: Chain, keys: Vec<PrivateKey>, production: Production) -> Self {
        let (signers, tried) = (BTreeMap::new(), TimePointSec::default());
        let slots = Slots::default();
        let mut core = Self { chain, signers, production, tried, slots };
        core.set_producers(keys, production);
        core
    }

    /// Says who signs blocks, and when they are made, from now on.
    pub fn set_producers<S: BlockSigner + 'static>(
        &mut self,
        signers: Vec<S>,
        production: Production,
    ) {
        let shared = signers.into_iter().map(|one| Arc::new(one) as Arc<dyn BlockSigner>);
        self.signers = shared.map(|signer| (signer.public_key().0, signer)).collect();
        self.production = production;
    }

    /// Does what comes in.
    pub fn step(&mut self, now: Now, input: Input, effects: &mut Effects) -> Outcome {
        let passed = self.passed(now, &input);
        let outcome = match input {
            Input::Transaction(transaction, trust) => {
                self.transaction(now, &transaction, trust).map(|accepted| {
                    effects.accepted = Some(accepted);
                    Became::Pending
                })
            }
            Input::Block(block, trust) => self.block(now, block, trust),
            Input::Tick => self.tick(now),
            Input::Hold(why) => self.hold(now, why),
            Input::Produce { seconds } => self.produce_after(now, seconds),
            Input::ProduceWith(key) => done(self.chain.generate_with(&key, Trust::Nobody)),
            Input::Change(update) => done(self.chain.update_object(&update, Trust::Nobody)),
            Input::Rewind(number) => self.rewind(now, number),
        };
        if outcome.as_ref().is_ok_and(|became| became.extends()) {
            effects.missed.extend(self.slots.missed(passed));
        }
        effects.events.extend(self.chain.take_events());
        effects.wake_at = self.next_tick(now);
        outcome
    }

    /// Does as many steps as there are transactions; what they need of the state is read ahead, for
    /// [`GROUP`] of them at most.
    ///
    /// [`GROUP`]: carbyne_ledger::read_ahead::GROUP
    pub fn transactions(
        &mut self,
        now: Now,
        transactions: &[Arc<RecoveredTransaction>],
        effects: &mut Effects,
    ) -> Vec<Outcome> {
        if transactions.len() > 1 {
            self.chain.ledger().read_ahead(transactions.iter().map(AsRef::as_ref));
        }
        let outcomes = transactions
            .iter()
            .map(|one| self.transaction(now, one, Trust::Nobody).map(|_| Became::Pending))
            .collect();
        effects.events.extend(self.chain.take_events());
        effects.wake_at = self.next_tick(now);
        outcomes
    }

    fn transaction(
        &mut self,
        now: Now,
        transaction: &Arc<RecoveredTransaction>,
        trust: Trust,
    ) -> Result<Accepted, Refused> {
        let pushed = self.chain.push_transaction(transaction.clone(), trust);
        let accepted = pushed.map_err(|rejected| {
            let is_valid = transaction.validate().is_ok();
            Refused::transaction(rejected, is_valid)
        })?;
        if self.production == Production::Instant {
            self.produce_after(now, 0)?;
        }
        Ok(accepted)
    }

    fn block(&mut self, now: Now, block: Arc<RecoveredBlock>, trust: Trust) -> Outcome {
        let time = block.block().header().timestamp;
        let ahead = now.until(time);
        if trust == Trust::Nobody && ahead > AHEAD_MAX {
            let seconds = ahead.checked_div(1_000).unwrap_or_default();
            return Err(Refused::block(CoreRefusal::FromTheFuture { time, seconds }.into()));
        }
        let lacks_first = self.chain.head_number() == 0 && block.number() > 1;
        let pushed = self.chain.push_block(block, trust);
        pushed.map(Became::from).map_err(|rejected| match lacks_first {
            true => Refused::unlinkable(rejected),
            false => Refused::block(rejected),
        })
    }

    /// Whether a block is good as far as that can be said without applying it: then peers may have
    /// it before it is.
    pub fn is_sound(&self, now: Now, block: &RecoveredBlock) -> bool {
        now.until(block.block().header().timestamp) <= AHEAD_MAX && self.chain.is_sound(block)
    }

    fn tick(&mut self, now: Now) -> Outcome {
        if self.production != Production::ByTheClock {
            return Ok(Became::Nothing);
        }
        let slot = self.chain.slot_at(now.seconds()).map_err(Refused::now)?;
        // All of them: who is not heard of is taken for gone.
        let ready = self.signers.values().map(|signer| (signer.public_key(), signer.ready()));
        let unready: BTreeMap<_, _> =
            ready.filter_map(|(key, ready)| Some((key.0, ready.err()?))).collect();
        let Some(slot) = slot else { return Ok(Became::Nothing) };
        self.tried = slot.time;
        let key = self.chain.signing_key(slot.witness).map_err(Refused::now)?;
        let outcome = match unready.get(&key.0) {
            Some(refusal) => Err(Refused::now(refusal.clone())),
            None => self.produce(slot),
        };
        match &outcome {
            Ok(Became::Produced) => self.slots.note(slot.time, None),
            Ok(_) => {}
            Err(refused) => {
                let why = WhyMissed::Refused(refused.rejected.clone());
                self.slots.note(slot.time, Some(why));
            }
        }
        outcome
    }

    fn rewind(&mut self, now: Now, number: u32) -> Outcome {
        // Their slots were used.
        self.slots.forget_until(now.seconds());
        done(self.chain.rewind(number))
    }

    /// Lets the present slot go by.
    fn hold(&mut self, now: Now, why: Hold) -> Outcome {
        if let Some(slot) = self.chain.slot_at(now.seconds()).map_err(Refused::now)? {
            self.tried = slot.time;
            if self.signer_of(&slot).map_err(Refused::now)?.is_some() {
                self.slots.note(slot.time, Some(WhyMissed::Held(why)));
            }
        }
        Ok(Became::Nothing)
    }

    /// The slots of ours that are before that of a block which may become the next one.
    fn passed(&self, now: Now, input: &Input) -> Vec<Slot> {
        let time = match input {
            Input::Block(block, Trust::Nobody) if self.is_next(block) => {
                block.block().header().timestamp
            }
            Input::Tick => now.seconds(),
            _ => return Vec::new(),
        };
        if self.production != Production::ByTheClock || self.signers.is_empty() {
            return Vec::new();
        }
        let slot = self.chain.slot_at(time).ok().flatten();
        let end = slot.map_or(0, |slot| slot.number);
        let slots = (end.saturating_sub(PASSED_MAX).max(1)..end).map(|n| self.chain.slot(n).ok());
        slots.flatten().filter(|slot| matches!(self.signer_of(slot), Ok(Some(_)))).collect()
    }

    fn is_next(&self, block: &RecoveredBlock) -> bool {
        block.block().header().previous == self.chain.head_id()
    }

    /// Produces in the present slot, or in one `seconds` after the head block if that is later.
    fn produce_after(&mut self, now: Now, seconds: u32) -> Outcome {
        let slot = self.slot_after(now, seconds).map_err(Refused::now)?;
        match self.produce(slot)? {
            Became::Nothing => Err(Refused::now(CoreRefusal::NoKey)),
            became => Ok(became),
        }
    }

    fn slot_after(&self, now: Now, seconds: u32) -> Result<Slot, Rejected> {
        let first = self.chain.slot(1)?;
        let head = self.chain.ledger().head_time()?;
        let time = head.wrapping_add(seconds).max(now.seconds()).max(first.time);
        Ok(self.chain.slot_at(time)?.unwrap_or(first))
    }

    /// Makes the block of a slot if its witness's key is here.
    fn produce(&mut self, slot: Slot) -> Outcome {
        let Some(signer) = self.signer_of(&slot).map_err(Refused::now)? else {
            return Ok(Became::Nothing);
        };
        let made = self.chain.generate_block(slot.time, slot.witness, &signer, Trust::Nobody);
        made.map(|_| Became::Produced).map_err(Refused::now)
    }

    fn signer_of(&self, slot: &Slot) -> Result<Option<Arc<dyn BlockSigner>>, Rejected> {
        Ok(self.signers.get(&self.chain.signing_key(slot.witness)?.0).cloned())
    }

    /// When the next slot begins, or began, for which no block was tried, if they are made by the
    /// clock.
    fn next_tick(&self, now: Now) -> Option<TimePointSec> {
        if self.production != Production::ByTheClock || self.signers.is_empty() {
            return None;
        }
        match self.chain.slot_at(now.seconds()).ok()? {
            // It began while something else was done.
            Some(slot) if slot.time != self.tried => Some(slot.time),
            present => {
                let next = present.map_or(0, |slot| slot.number).saturating_add(1);
                self.chain.slot(next).ok().map(|slot| slot.time)
            }
        }
    }
}

fn done(result: Result<(), Rejected>) -> Outcome {
    result.map(|()| Became::Changed).map_err(Refused::now)
}
