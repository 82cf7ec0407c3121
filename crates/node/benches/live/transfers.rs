//! The chain that the transfers are made for: blocks every second, accounts with a key each, and
//! transfers between them that are signed beforehand.

use crate::{chain, crowd};
use carbyne_crypto::{PrivateKey, Signature};
use carbyne_node::core::public_keys;
use carbyne_node::genesis::{Recipe, make};
use carbyne_node::home::{Home, KeepHistory};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Dialect, Digest, Id, Pack, Tags, TimePointSec, unpack_exact};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Enough for a second of transfers.
const BLOCK_BYTES: u32 = 30_000_000;
/// Threads that make keys and signatures.
const THREADS: u64 = 2;

/// A packed transaction, as it would come from a peer.
pub type Packed = Box<[u8]>;

/// Who has money, and what they sent.
pub struct World {
    pub chain_id: Digest<32>,
    first: u64,
    keys: Vec<PrivateKey>,
    /// Transfers made so far: none is like another.
    made: u64,
}

pub fn now() -> TimePointSec {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    TimePointSec(since.as_secs() as u32)
}

/// A genesis of a minute ago.
pub fn genesis() -> Vec<u8> {
    genesis_of(&chain::witness_keys())
}

/// The same with these keys of witnesses.
pub fn genesis_of(witness_keys: &[PrivateKey]) -> Vec<u8> {
    let text = make(&Recipe {
        dialect: Dialect::REFERENCE,
        // A multiple of the default interval, whatever the interval is.
        time: TimePointSec((now().0 - 60) / 5 * 5),
        witnesses: &public_keys(witness_keys),
        account: chain::ACCOUNT,
        account_key: chain::witness_keys()[0].public_key(),
        others: &[],
        block_interval: 1,
        maintenance_interval: 86_400,
        features: None,
    });
    let mut genesis: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    genesis["initial_parameters"]["maximum_block_size"] = json!(BLOCK_BYTES);
    genesis.to_string().into_bytes()
}

/// Does something for every number below `count`, on all processors; gives the results in order.
fn shared_out<R: Send>(count: u64, work: impl Fn(u64) -> R + Sync) -> Vec<R> {
    let each = count.div_ceil(THREADS);
    std::thread::scope(|scope| {
        let parts = (0..THREADS).map(|part| {
            let (from, to) = (part * each, count.min((part + 1) * each));
            let work = &work;
            scope.spawn(move || (from..to).map(work).collect::<Vec<R>>())
        });
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().expect("no bug")).collect()
    })
}

impl World {
    /// A chain in a folder with that many accounts.
    pub fn open(folder: &Path, accounts: u64) -> (Home, World) {
        Self::open_with(folder, genesis(), accounts)
    }

    /// The same with a genesis, so that several may have it.
    pub fn open_with(folder: &Path, genesis: Vec<u8>, accounts: u64) -> (Home, World) {
        let mut home = Home::open(folder, Some(genesis), KeepHistory::OnDisk).expect("a chain");
        let keys = shared_out(accounts, |n| PrivateKey::from_seed(&format!("live {n}")));
        let ledger = home.core.chain.ledger_mut();
        let first = ledger.tables.accounts.next_instance();
        let numbered = (0..accounts).zip(&keys);
        numbered.for_each(|(n, key)| crowd::add_account(ledger, n, key.public_key()));
        let world = World { chain_id: *home.chain().chain_id(), first, keys, made: 0 };
        (home, world)
    }

    /// Transfers that are valid for so many seconds from now on.
    pub fn transfers(&mut self, count: u64, seconds: u32) -> Vec<Packed> {
        let expiration = now().wrapping_add(seconds);
        let made = self.made;
        self.made += count;
        shared_out(count, |n| self.transfer(made + n, expiration))
    }

    fn transfer(&self, nth: u64, expiration: TimePointSec) -> Packed {
        let accounts = self.keys.len() as u64;
        let from = (nth.wrapping_mul(6_364_136_223_846_793_005) >> 20) % accounts;
        let to = (from + 1 + nth % (accounts - 1)) % accounts;
        let (payer, payee) = (Id(self.first + from), Id(self.first + to));
        let mut transaction = SignedTransaction {
            expiration,
            operations: [chain::a_transfer(payer, payee, 1 + nth as i64)].into(),
            ..SignedTransaction::default()
        };
        transaction.sign(&self.keys[from as usize], &self.chain_id);
        transaction.to_bytes().into()
    }

    /// The first of the accounts.
    pub fn account(&self) -> AccountId {
        Id(self.first)
    }

    /// What recovering the keys of transactions begins with.
    pub fn signed(&self, transfers: &[Packed]) -> Arc<[([u8; 32], Signature)]> {
        let signed = transfers.iter().map(|bytes| {
            let transaction: SignedTransaction =
                unpack_exact(bytes, Tags::Reference).expect("a transaction");
            (transaction.sig_digest(&self.chain_id).0, transaction.signatures[0])
        });
        signed.collect()
    }
}
