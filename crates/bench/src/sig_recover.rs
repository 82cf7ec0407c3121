//! What a transaction needs before the core sees it (bytes read, id, digest, key), beside the
//! recovery of the same keys alone; on one thread, and on all processors. And signatures that are
//! checked together against expected keys, with and without some that spoil it.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::World;
use carbyne_crypto::batch::{self, Claim, KnownKey};
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Digest, Pack, Tags, unpack_exact};
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
                let transaction: SignedTransaction =
                    unpack_exact(bytes, Tags::Reference).expect("a transaction");
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

/// Signatures that are checked together, and of how many one is by another key than is expected;
/// 0 for none.
const BATCHES: [(usize, usize); 6] =
    [(64, 0), (256, 0), (1_024, 0), (4_096, 0), (1_024, 1_024), (1_024, 64)];

/// Checks signatures together; those for which that shows nothing are recovered.
fn together((size, bad_of): (usize, usize), claims: &[Claim]) -> Watch {
    let mut watch = Watch::default();
    for piece in claims.chunks(size) {
        let mut piece = piece.to_vec();
        for at in (0..piece.len()).filter(|at| bad_of > 0 && at % bad_of == bad_of / 2) {
            piece[at].key = piece[(at + 1) % size.min(claims.len())].key;
        }
        watch.time(piece.len() as u64, || {
            for (claim, shown) in piece.iter().zip(batch::shown(&piece)) {
                if !shown {
                    black_box(carbyne_crypto::recover(&claim.digest, &claim.signature))
                        .expect("a good signature");
                }
            }
        });
    }
    watch
}

fn claims(transactions: &[SignedTransaction], chain_id: &Digest<32>) -> Vec<Claim> {
    let claim = |one: &SignedTransaction| {
        let (digest, signature) = (one.sig_digest(chain_id).0, one.signatures[0]);
        let key = carbyne_crypto::recover(&digest, &signature).expect("a good signature");
        Claim { digest, signature, key: KnownKey::new(key).expect("a key") }
    };
    transactions.iter().map(claim).collect()
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
    let mut all_threads = Watch::default();
    all_threads.time(count as u64, || {
        std::thread::scope(|scope| {
            for part in packed.chunks(count.div_ceil(threads).max(1)) {
                scope.spawn(|| recover(part, &chain_id, &mut Watch::default()));
            }
        });
    });
    let yardstick = ("raw recovery on one thread", raw(&transactions, &chain_id).per_second());
    let size = count as u64;
    let mut figures = vec![
        Figures::new("sig_recover", size, &alone, yardstick),
        Figures::new("sig_recover.threads", size, &all_threads, yardstick),
    ];
    let claims = claims(&transactions, &chain_id);
    figures.extend(BATCHES.iter().map(|(batch, bad_of)| {
        let spoilt = if *bad_of > 0 { format!(".one_bad_of_{bad_of}") } else { String::new() };
        let name = format!("sig_recover.batch_{batch}{spoilt}");
        Figures::new(name, size, &together((*batch, *bad_of), &claims), yardstick)
    }));
    figures
}
