//! What any node said of a block, against which the others are compared.
//!
//! Invariant: of one block there is one state, and one list of what it did, whoever applied it,
//! made it, switched to it or came back to it after a crash. This file must never know who said
//! what first.

use crate::genesis::DIALECT;
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_chain::AppliedBlock;
use carbyne_crypto::hash::{Sha256, sha256};
use carbyne_ledger::Ledger;
use carbyne_ledger::audit::audit;
use carbyne_ledger::tables::ObjectChange;
use carbyne_protocol::ids::BlockSummaryId;
use carbyne_protocol::transaction::num_from_id;
use carbyne_wire::{Digest, Hash160, Json, Pack};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is known of a block.
#[derive(Default)]
struct Known {
    did: Option<[u8; 32]>,
    state: Option<[u8; 32]>,
    hash: Option<Digest<32>>,
}

/// What is known of all blocks, of every branch.
#[derive(Default)]
pub struct Truth {
    known: BTreeMap<Hash160, Known>,
    /// States that were compared with that of another node, or of another life.
    pub compared: u64,
}

impl Truth {
    /// Takes in, or compares, what subscribers are told of a block.
    pub fn applied(&mut self, applied: &AppliedBlock) -> Result<()> {
        let known = self.known.entry(applied.block.id()).or_default();
        let found = sha256(&outputs(applied));
        let expected = *known.did.get_or_insert(found);
        let number = applied.block.number();
        ensure!(found == expected, "two nodes tell different things of block {number}");
        Ok(())
    }

    /// Takes in, or compares, the state after a block, on which nothing may wait; and sees that all
    /// amounts in it add up.
    pub fn state(&mut self, head: Hash160, ledger: &Ledger) -> Result<()> {
        let known = self.known.entry(head).or_default();
        let found = fingerprint(head, ledger);
        match known.state {
            Some(expected) => {
                ensure!(found == expected, "two nodes have different states after {head}");
                self.compared += 1;
            }
            None => {
                known.state = Some(found);
                adds_up(ledger).with_context(|| format!("after block {head}"))?;
            }
        }
        Ok(())
    }

    /// The same with the hash that a node tells of its state.
    pub fn whole_state(&mut self, head: Hash160, ledger: &Ledger) -> Result<()> {
        self.state(head, ledger)?;
        let found = ledger.state_hash();
        let known = self.known.entry(head).or_default();
        let expected = *known.hash.get_or_insert(found);
        ensure!(found == expected, "two nodes have different hashes of their states after {head}");
        Ok(())
    }
}

/// A hash over every object but the tens of thousands of summaries of blocks above the head: of a
/// young chain they are nearly all there is, and all the same.
fn fingerprint(head: Hash160, ledger: &Ledger) -> [u8; 32] {
    let used = num_from_id(&head) as usize + 1;
    let mut hash = Sha256::new();
    let mut bytes = Vec::new();
    ledger.tables.each(&mut |(space, type_), table| {
        bytes.clear();
        bytes.extend([space, type_]);
        if (space, type_) == (BlockSummaryId::SPACE, BlockSummaryId::TYPE) {
            [table.count() as u64, table.next_number()].iter().for_each(|n| n.pack(&mut bytes));
            let summaries = ledger.tables.block_summaries.iter();
            summaries.take(used).for_each(|one| one.pack(&mut bytes));
        } else {
            table.pack_all(&mut bytes);
        }
        hash.update(&bytes);
    });
    hash.finish()
}

fn adds_up(ledger: &Ledger) -> Result<()> {
    let lines = audit(ledger).map_err(|rejected| anyhow!("{rejected}"))?;
    match lines.iter().find(|line| !line.is_balanced()) {
        Some(line) => Err(anyhow!("amounts do not add up: {line:?}")),
        None => Ok(()),
    }
}

/// All that subscribers could be told of a block, as bytes.
fn outputs(applied: &AppliedBlock) -> Vec<u8> {
    let mut out = applied.block.block().to_bytes();
    for operation in &applied.operations {
        operation.op.pack(&mut out);
        let places = json!([
            operation.result.to_json(),
            operation.block_num,
            operation.trx_in_block,
            operation.op_in_trx,
            operation.virtual_op,
            operation.is_virtual,
        ]);
        out.extend(places.to_string().bytes());
    }
    let changes: Vec<Value> = applied.changes.iter().map(change).collect();
    let statistics: Vec<Value> =
        applied.statistics.iter().map(|statistics| Json::to_json(&**statistics)).collect();
    let rest = json!([changes, statistics, applied.last_irreversible]);
    out.extend(rest.to_string().bytes());
    out
}

fn change(change: &ObjectChange) -> Value {
    let old = change.old.as_ref().map(|object| object.json(DIALECT));
    let new = change.new.as_ref().map(|object| object.json(DIALECT));
    json!([change.id.to_string(), old, new])
}
