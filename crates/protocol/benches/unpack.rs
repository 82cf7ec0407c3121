//! How fast a signed transfer of 106 bytes becomes an owned transaction, on one thread. Prints one
//! JSON line; the yardstick is copying the same bytes into a new vector.

use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Id, Pack, Tags, unpack_exact};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 2_000_000;
const REPEATS: usize = 5;

fn transfer() -> Vec<u8> {
    let operation = Transfer {
        fee: Asset::core(2_000_000),
        from: Id(1_000),
        to: Id(100_000),
        amount: Asset::core(100),
        ..Transfer::default()
    };
    let transaction = SignedTransaction {
        operations: [operation.into()].into(),
        signatures: [Default::default()].into(),
        ..SignedTransaction::default()
    };
    transaction.to_bytes()
}

fn per_second(mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..REPEATS {
        let start = Instant::now();
        (0..ROUNDS).for_each(|_| work());
        best = best.min(start.elapsed().as_secs_f64());
    }
    ROUNDS as f64 / best
}

fn main() {
    let bytes = transfer();
    let unpacked = per_second(|| {
        let transaction: SignedTransaction =
            unpack_exact(black_box(&bytes), Tags::Reference).expect("a transfer");
        black_box(transaction);
    });
    let copied = per_second(|| {
        black_box(black_box(&bytes).clone());
    });
    println!(
        "{{\"name\":\"unpack_transfer\",\"bytes\":{},\"per_second\":{unpacked:.0},\
         \"copies_per_second\":{copied:.0}}}",
        bytes.len(),
    );
}
