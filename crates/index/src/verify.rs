//! Whether a history is in itself true: every operation is there, and every key that leads to one.
//!
//! It reads everything once, in order, and looks up what each row says of others.

use crate::history::History;
use crate::keys::{Key, Kind};
use crate::operations::{EntryPlace, OperationRow, named_assets, type_tag};
use carbyne_ledger::ids::AccountId;
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
        }
        (holdings.operations, holdings.accounts) = (end, counts.len() as u64);
        self.verify_key_counts(&holdings)?;
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
        let wrong = |what: &str| Err(format!("operation 1.11.{number} is not found by {what}"));
        for entry in row.objects() {
            let account = entry.account.0;
            let place = EntryPlace { operation: operation.id, entry: entry.id };
            let key = Key::new(Kind::AccountEntry).number(account).number(entry.sequence);
            if self.store().value(&key) != Some(place) {
                return wrong("its account");
            }
            let key = Key::new(Kind::AccountType).number(account).byte(type_tag(&operation.op));
            if self.store().get(&key.number(number)).is_none() {
                return wrong("account and type");
            }
            for asset in named_assets(operation) {
                let key = Key::new(Kind::AccountAsset).number(account).number(asset.0);
                if self.store().get(&key.number(number)).is_none() {
                    return wrong("account and asset");
                }
            }
        }
        Ok(())
    }

    /// No key leads to an operation that is not there.
    fn verify_key_counts(&self, holdings: &Holdings) -> Result<(), String> {
        for kind in [Kind::AccountEntry, Kind::AccountType] {
            let keys = Key::new(kind)..=Key::new(kind).bytes(&[u8::MAX; 16]);
            let count = self.store().range(keys).count() as u64;
            if count != holdings.entries {
                return Err(format!("{count} keys lead to {} entries", holdings.entries));
            }
        }
        Ok(())
    }

    /// Everything as bytes, in order: equal for two histories that say the same.
    pub fn pairs(&self) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
        let keys = Key::new(Kind::Head)..=Key::new(Kind::StorageByName).bytes(&[u8::MAX; 4]);
        self.store().range(keys).map(|(key, value)| (key.to_vec(), value.to_vec()))
    }
}
