//! Whether a history is in itself true: every operation is there, and every key that leads to one.
//!
//! It reads everything once, in order, and looks up what each row says of others.

use crate::entries::{CHUNK, Summary, entry_key, summary_key};
use crate::history::History;
use crate::keys::{Key, Kind};
use crate::operations::OperationRow;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::Id;
use std::collections::BTreeMap;

/// What a true history holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Operations.
    pub operations: u64,
    /// Entries of accounts.
    pub entries: u64,
    /// Accounts that have any.
    pub accounts: u64,
}

impl History {
    /// Reads everything; gives what there is, or the first thing that is wrong. `each` is told of
    /// every operation.
    pub fn verify(&self, each: &mut dyn FnMut()) -> Result<Holdings, String> {
        let failed = || self.failure().map(str::to_owned);
        failed().map_or(Ok(()), Err)?;
        let mut holdings = Holdings::default();
        let mut counts: BTreeMap<AccountId, u64> = BTreeMap::new();
        let mut block = 0;
        let end = self.store().numbers.next(Kind::Operation);
        for number in 0..end {
            let row = self.operation_row(Id(number));
            let row = row.ok_or_else(|| format!("operation 1.11.{number} is missing"))?;
            self.verify_operation(&row, number, &mut block)?;
            for entry in row.objects() {
                let count = counts.entry(entry.account).or_insert(entry.sequence - 1);
                *count += 1;
                if *count != entry.sequence || entry.id != Id(holdings.entries) {
                    return Err(format!("entry 2.9.{} is out of order", holdings.entries));
                }
                holdings.entries += 1;
            }
            each();
        }
        for (account, count) in &counts {
            if self.activity(*account).total_ops != *count {
                return Err(format!("account {account} is said to have another number of entries"));
            }
            self.verify_summaries(*account, *count)?;
        }
        (holdings.operations, holdings.accounts) = (end, counts.len() as u64);
        self.verify_key_count(holdings.entries)?;
        failed().map_or(Ok(holdings), Err)
    }

    /// An operation has its number, comes after those of earlier blocks, and every key leads to it.
    fn verify_operation(
        &self,
        row: &OperationRow,
        number: u64,
        block: &mut u32,
    ) -> Result<(), String> {
        let operation = &row.operation;
        let known = self.block(operation.block_num);
        let is_of_block = known.is_some_and(|known| known.numbers().contains(&number));
        if operation.id != Id(number) || operation.block_num < *block || !is_of_block {
            return Err(format!("operation 1.11.{number} is out of order"));
        }
        *block = operation.block_num;
        for (entry, place) in row.places() {
            let found = self.store().value(&entry_key(entry.account, entry.sequence));
            if found.as_ref() != Some(&place) {
                return Err(format!("{} does not lead to operation 1.11.{number}", entry.account));
            }
        }
        Ok(())
    }

    /// Every full chunk of entries has its summary.
    fn verify_summaries(&self, account: AccountId, count: u64) -> Result<(), String> {
        for chunk in 0..count / CHUNK {
            let kept: Option<Summary> = self.store().value(&summary_key(account, chunk));
            if kept != Some(Summary::of(self.store(), account, chunk)) {
                return Err(format!("the summary {chunk} of entries of {account} is wrong"));
            }
        }
        Ok(())
    }

    /// No key leads to an operation that is not there.
    fn verify_key_count(&self, entries: u64) -> Result<(), String> {
        let first = Key::new(Kind::AccountEntry);
        let last = first.clone().number(u64::MAX).number(u64::MAX);
        let count = self.store().range(first..=last).count() as u64;
        if count != entries {
            return Err(format!("{count} keys lead to {entries} entries"));
        }
        Ok(())
    }

    /// Everything as bytes, in order: equal for two histories that say the same.
    pub fn pairs(&self) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
        let keys = Key::new(Kind::Head)..=Key::new(Kind::StorageByName).bytes(&[u8::MAX; 4]);
        self.store().range(keys).map(|(key, value)| (key.to_vec(), value.to_vec()))
    }
}
