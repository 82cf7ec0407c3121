//! What a transaction costs the core when it becomes pending, and when it is refused: `carbyne
//! bench push_pending` as a benchmark of this room.
//!
//! `cargo bench -p carbyne-chain --bench pending -- ACCOUNTS`; prints JSON lines.

fn main() {
    carbyne_bench::tune_allocator();
    let accounts: Option<u64> = std::env::args().find_map(|text| text.parse().ok());
    for benchmark in carbyne_bench::Benchmark::named("push_pending").expect("a benchmark") {
        benchmark.run(accounts.as_slice()).for_each(|figures| println!("{}", figures.json()));
    }
}
