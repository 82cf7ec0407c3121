//! Whether a history is in itself true: every operation is there, and every key that leads to one.
//!
//! It reads everything once, in order, and looks up what each row says of others.

use crate::activity::{self, Counters};
use crate::entries::{CHUNK, Summary, summary};
use crate::history::History;
use crate::keys::{Key, Kind};
use crate::operations::OperationRow;
use crate::record::{Mark, Place, Record};
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{Id, Tags, unpack_exact};
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

/// What was read so far.
#[derive(Default)]
struct Read {
    operations: u64,
    entries: u64,
    block: u32,
    accounts: BTreeMap<AccountId, Counters>,
}

impl History {
    /// Reads everything; gives what there is, or the first thing that is wrong. `each` is told of
    /// every operation.
    pub fn verify(&self, each: &mut dyn FnMut()) -> Result<Holdings, String> {
        let failed = || self.failure().map(str::to_owned);
        failed().map_or(Ok(()), Err)?;
        let mut read = Read::default();
        for number in 0..self.store().records.count() {
            let mark = self.store().mark(number);
            let record = mark.and_then(|mark| Some((mark, self.store().record(&mark)?)));
            let (mark, record) = record.ok_or_else(|| format!("record {number} is missing"))?;
            self.verify_record(&mark, &record, &mut read)?;
            (0..mark.operations.count).for_each(|_| each());
        }
        let end = self.store().numbers.next(Kind::Operation);
        if read.operations != end {
            return Err(format!("operation 1.11.{} is missing", read.operations));
        }
        self.verify_heads(&read.accounts)?;
        let accounts = read.accounts.len() as u64;
        let holdings = Holdings { operations: end, entries: read.entries, accounts };
        failed().map_or(Ok(holdings), Err)
    }

    /// The record of a block comes after those of earlier blocks, and so do its operations.
    fn verify_record(&self, mark: &Mark, record: &Record, read: &mut Read) -> Result<(), String> {
        let said = mark.operations;
        let follows = said.first == read.operations && said.first_entry == read.entries;
        if mark.block <= read.block || !follows {
            return Err(format!("the record of block {} is out of order", mark.block));
        }
        read.block = mark.block;
        for (place, row) in record.places().zip(record.rows()) {
            let number = read.operations;
            let row: OperationRow = unpack_exact(row, Tags::All)
                .map_err(|error| format!("operation 1.11.{number} cannot be read: {error}"))?;
            if row.operation.id != Id(number) || row.operation.block_num != mark.block {
                return Err(format!("operation 1.11.{number} is out of order"));
            }
            read.operations += 1;
            self.verify_entries(&row, place, read)?;
        }
        match read.operations == said.first + said.count {
            true => Ok(()),
            false => Err(format!("operation 1.11.{} is missing", read.operations)),
        }
    }

    /// Entries count on from those that their accounts had, and lead back to them.
    fn verify_entries(
        &self,
        row: &OperationRow,
        place: Place,
        read: &mut Read,
    ) -> Result<(), String> {
        for (entry, (account, counters)) in row.entries.iter().zip(row.heads(place)) {
            let before = read.accounts.insert(account, counters);
            // What is before the first block that history holds is gone, and counted.
            let before = before.unwrap_or(Counters { total: entry.sequence - 1, ..counters });
            let leads_back = entry.sequence == 1
                || before.place == place
                || (entry.next, entry.previous) == (Id(before.newest), before.place);
            let follows = entry.sequence == before.total + 1 && counters.newest == read.entries;
            if !follows || !leads_back {
                return Err(format!("entry 2.9.{} is out of order", read.entries));
            }
            read.entries += 1;
            if entry.sequence % CHUNK == 0 {
                let kept = summary(self.store(), account, entry.sequence / CHUNK - 1);
                if kept != Some(Summary::of(self.store(), account, place)) {
                    let what = format!("the summary of entry {} of {account}", entry.sequence);
                    return Err(format!("{what} is wrong"));
                }
            }
        }
        Ok(())
    }

    /// The newest entry of each account is known, and of no other.
    fn verify_heads(&self, accounts: &BTreeMap<AccountId, Counters>) -> Result<(), String> {
        for (account, counters) in accounts {
            if self.newest_of(*account) != Some(*counters) {
                return Err(format!("account {account} is said to have another newest entry"));
            }
        }
        let first = Key::new(Kind::AccountHead);
        let last = activity::key(Id(u64::MAX));
        let count = self.store().range(first..=last).count();
        if count > accounts.len() {
            return Err(format!("{count} accounts are said to have entries"));
        }
        Ok(())
    }

    /// Everything as bytes, in order: equal for two histories that say the same.
    pub fn pairs(&self) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
        let keys =
            Key::new(Kind::AccountChunk)..=Key::new(Kind::StorageByName).bytes(&[u8::MAX; 4]);
        let pairs = self.store().range(keys).map(|(key, value)| (key.to_vec(), value.to_vec()));
        // When the tree is told of these is of no meaning.
        let pairs = pairs.filter(|(key, _)| key.first() != Some(&(Kind::Transaction as u8)));
        let records = (0..self.store().records.count()).filter_map(|number| {
            let mark = self.store().mark(number)?;
            let record = self.store().record(&mark)?;
            Some((mark.block.to_be_bytes().to_vec(), record.rows().flatten().copied().collect()))
        });
        let head = self.store().head().map(|head| (Vec::new(), head.to_vec()));
        pairs.chain(records).chain(head)
    }
}
