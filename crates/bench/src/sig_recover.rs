//! What a transaction needs before the core sees it (bytes read, id, digest, key), beside the
//! recovery of the same keys alone; on one thread, and on all processors.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::World;
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Digest, Pack, unpack_exact};
use std::hint::black_box;

/// Accounts that send.
const ACCOUNTS: u64 = 1_000;
/// Transactions of a piece of work.
const PIECE: usize = 256;

type Packed = Vec<u8>;

/// Reads and recovers, piece by piece.
fn recover(packed: &[Packed], chain_id: &Digest<32>, watch: &mut Watch) {
    for piece in packed.chunks(PIECE) {
        watch.time(piece.len() as u64, || {
            for bytes in piece {
                let transaction: SignedTransaction = unpack_exact(bytes).expect("a transaction");
                let one = RecoveredTransaction::new(transaction, chain_id, Recover::Signatures);
                assert!(black_box(&one).keys().is_ok(), "a good signature");
            }
        });
    }
}

/// Recovers keys and does nothing else.
fn raw(transactions: &[SignedTransaction], chain_id: &Digest<32>) -> Watch {
    let signed = transactions.iter().map(|one| (one.sig_digest(chain_id).0, one.signatures[0]));
    let signed: Vec<_> = signed.collect();
    let mut watch = Watch::default();
    watch.time(signed.len() as u64, || {
        for (digest, signature) in &signed {
            black_box(carbyne_crypto::recover(digest, signature)).expect("a good signature");
        }
    });
    watch
}

/// So many transactions.
pub fn run(count: u64) -> Vec<Figures> {
    let count = usize::try_from(count).expect("transactions in memory");
    let mut world = World::new(ACCOUNTS);
    let transactions = world.transfers(count);
    let chain_id = *world.chain.chain_id();
    let packed: Vec<Packed> = transactions.iter().map(Pack::to_bytes).collect();
    let mut alone = Watch::default();
    recover(&packed, &chain_id, &mut alone);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut together = Watch::default();
    together.time(count as u64, || {
        std::thread::scope(|scope| {
            for part in packed.chunks(count.div_ceil(threads).max(1)) {
                scope.spawn(|| recover(part, &chain_id, &mut Watch::default()));
            }
        });
    });
    let yardstick = ("raw recovery on one thread", raw(&transactions, &chain_id).per_second());
    let size = count as u64;
    vec![
        Figures::new("sig_recover", size, &alone, yardstick),
        Figures::new("sig_recover.threads", size, &together, yardstick),
    ]
}
