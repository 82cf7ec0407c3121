//! How many transfers a second the core applies on one thread: `carbyne bench
//! apply_transfer` as a benchmark of this room.
//!
//! `cargo bench -p carbyne-chain --bench transfer -- ACCOUNTS`; prints JSON lines.

fn main() {
    carbyne_bench::tune_allocator();
    let accounts: Option<u64> = std::env::args().find_map(|text| text.parse().ok());
    for benchmark in carbyne_bench::Benchmark::named("apply_transfer").expect("a benchmark") {
        benchmark.run(accounts.as_slice()).for_each(|figures| println!("{}", figures.json()));
    }
}
