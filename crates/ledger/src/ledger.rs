//! The state of a chain at one moment, and the door through which every rule reads and changes it.
//!
//! Invariant: every change goes through the tables, so that a session can take it back.

use crate::run::Run;
use crate::tables::{ObjectChange, Old, Stored, Tables};
use carbyne_crypto::hash::Sha256;
use carbyne_graph::Object;
use carbyne_objects::{AccountStatistics, Brief, DynamicGlobalProperty, GlobalProperty};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::*;
use carbyne_protocol::parameters::{ChainParameters, ImmutableParameters};
use carbyne_wire::{Dialect, Digest, ObjectId, Tags, TimePointSec};

refusals! {
    /// Why the state cannot be asked or changed.
    pub enum LedgerRefusal {
        /// An id that names nothing.
        UnknownObject { id: ObjectId }: "there is no object {id}",
        /// The state contradicts itself, which no operation brings about.
        Contradiction { what: &'static str }: "{what}",
        /// Operations that cause operations that cause operations.
        NestedTooDeep: "operations cause operations that cause operations, too deep",
    }
}

/// The state of a chain.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// All objects: the state.
    pub tables: Tables,
    /// The block or transaction at work; nothing of it is state.
    pub run: Run,
    /// How the chain writes and reads values. No rule asks it: only words of refusals are in it.
    pub dialect: Dialect,
}

impl Ledger {
    /// The same state, of a chain whose keys begin in text as that dialect says. Which choices the
    /// chain knows its state says.
    pub fn speaking(self, dialect: Dialect) -> Self {
        let tags = if self.tables.opted_in() { Tags::All } else { Tags::Reference };
        Self { dialect: dialect.knowing(tags), ..self }
    }

    /// The object with that id, refused if there is none.
    #[inline]
    pub fn get<I: Stored>(&self, id: I) -> Result<&I::Object, Rejected> {
        self.find(id).ok_or_else(|| LedgerRefusal::UnknownObject { id: id.into() }.into())
    }

    /// The object with that id, if there is one.
    #[inline]
    pub fn find<I: Stored>(&self, id: I) -> Option<&I::Object> {
        I::table(&self.tables).get(id.number())
    }

    /// Stores a new object and returns its id; the `id` inside `object` is set.
    pub fn create<I: Stored>(&mut self, object: I::Object) -> I {
        I::from_number(I::table_mut(&mut self.tables).create(object))
    }

    /// Changes an object in place and returns what `change` returns.
    #[inline]
    pub fn modify<I: Stored, R>(
        &mut self,
        id: I,
        change: impl FnOnce(&mut I::Object) -> R,
    ) -> Result<R, Rejected> {
        I::table_mut(&mut self.tables)
            .modify(id.number(), change)
            .ok_or_else(|| LedgerRefusal::UnknownObject { id: id.into() }.into())
    }

    /// Changes an object in place with a change that may be refused.
    #[inline]
    pub fn try_modify<I: Stored, R>(
        &mut self,
        id: I,
        change: impl FnOnce(&mut I::Object) -> Result<R, Rejected>,
    ) -> Result<R, Rejected> {
        self.modify(id, change)?
    }

    /// Takes an object out and returns it.
    pub fn remove<I: Stored>(&mut self, id: I) -> Result<I::Object, Rejected> {
        I::table_mut(&mut self.tables)
            .remove(id.number())
            .ok_or_else(|| LedgerRefusal::UnknownObject { id: id.into() }.into())
    }

    /// Takes an object out that nobody wants to see any more; that there is none is no refusal.
    pub(crate) fn forget<I: Stored>(&mut self, id: I) {
        I::table_mut(&mut self.tables).forget(id.number());
    }

    /// The global properties.
    pub fn global(&self) -> Result<&GlobalProperty, Rejected> {
        self.get(carbyne_wire::Id(0) as GlobalPropertyId)
    }

    /// Changes the global properties.
    pub fn modify_global<R>(
        &mut self,
        change: impl FnOnce(&mut GlobalProperty) -> R,
    ) -> Result<R, Rejected> {
        self.modify(carbyne_wire::Id(0) as GlobalPropertyId, change)
    }

    /// The parameters the committee sets.
    pub fn parameters(&self) -> Result<&ChainParameters, Rejected> {
        Ok(&self.global()?.parameters)
    }

    /// The parameters nobody can change.
    pub fn immutable_parameters(&self) -> Result<&ImmutableParameters, Rejected> {
        Ok(&self.get(carbyne_wire::Id(0) as ChainPropertyId)?.immutable_parameters)
    }

    /// The dynamic global properties.
    pub fn dynamic(&self) -> Result<&DynamicGlobalProperty, Rejected> {
        self.get(carbyne_wire::Id(0) as DynamicGlobalPropertyId)
    }

    /// Changes the dynamic global properties.
    pub fn modify_dynamic<R>(
        &mut self,
        change: impl FnOnce(&mut DynamicGlobalProperty) -> R,
    ) -> Result<R, Rejected> {
        self.modify(carbyne_wire::Id(0) as DynamicGlobalPropertyId, change)
    }

    /// Time of the head block.
    pub fn head_time(&self) -> Result<TimePointSec, Rejected> {
        Ok(self.dynamic()?.time)
    }

    /// The statistics of an account.
    pub fn statistics(&self, account: AccountId) -> Result<&AccountStatistics, Rejected> {
        self.get(self.brief(account)?.statistics)
    }

    /// An account in brief, refused if there is none.
    #[inline]
    pub(crate) fn brief(&self, account: AccountId) -> Result<&Brief, Rejected> {
        let brief = self.tables.accounts.index().brief(account);
        brief.ok_or_else(|| LedgerRefusal::UnknownObject { id: account.into() }.into())
    }

    /// Opens an undo session inside the one that is open.
    pub fn begin(&mut self) {
        self.tables.begin();
    }

    /// Ends the newest session and takes its changes back.
    pub fn undo(&mut self) {
        self.tables.undo();
    }

    /// Ends the newest session and keeps its changes in the one below.
    pub fn merge(&mut self) {
        self.tables.merge();
    }

    /// Does `work` in a session of its own: if it is refused, nothing of it stays, recorded
    /// operations included. May nest as deep as twice the number of active witnesses (reference:
    /// `undo_session_nesting_guard`).
    pub(crate) fn nested<R>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<R, Rejected>,
    ) -> Result<R, Rejected> {
        let depth = self.run.nesting;
        ensure!(
            depth < self.global()?.active_witnesses.len().saturating_mul(2),
            LedgerRefusal::NestedTooDeep
        );
        let (recorded, virtual_op) = (self.run.operations.len(), self.run.virtual_op);
        self.run.nesting = depth.saturating_add(1);
        self.begin();
        let result = work(self);
        self.run.nesting = depth;
        if result.is_ok() {
            self.merge();
        } else {
            self.undo();
            self.run.operations.truncate(recorded);
            self.run.virtual_op = virtual_op;
        }
        result
    }

    /// What the newest session changed, in order of space, type and instance.
    pub fn changes(&self) -> Vec<ObjectChange> {
        self.changes_with(Old::All)
    }

    /// The same, with what some objects were before.
    pub fn changes_with(&self, old: Old) -> Vec<ObjectChange> {
        let mut changes = Vec::new();
        self.tables.each_touched(&mut |_, table| changes.extend(table.changed(old)));
        for change in &mut changes {
            let about = change.old.as_ref().or(change.new.as_ref());
            change.market = about.and_then(|object| object.market(self));
        }
        changes
    }

    /// SHA-256 over every object and the next number of every table.
    pub fn state_hash(&self) -> Digest<32> {
        let mut hash = Sha256::new();
        self.tables.each(&mut |(space, type_), table| {
            let mut bytes = vec![space, type_];
            table.pack_all(&mut bytes);
            hash.update(&bytes);
        });
        Digest(hash.finish())
    }
}

/// The next number of a table, as the id an object created now would get.
pub fn next_id<I: Stored>(ledger: &Ledger) -> I
where
    I::Object: Object,
{
    I::from_number(I::table(&ledger.tables).next_instance())
}

#[cfg(test)]
mod tests {
    use crate::ops::sandbox::ledger;

    #[test]
    fn what_causes_something_that_causes_something_ends() {
        // There is one active witness, so two may be inside each other.
        let nested = ledger(0).nested(|ledger| {
            ledger.nested(|ledger| {
                let third = ledger.nested(|_| Ok(())).unwrap_err();
                assert_eq!(third.reason(), "LedgerRefusal::NestedTooDeep");
                Ok(())
            })
        });
        assert!(nested.is_ok());
    }
}
