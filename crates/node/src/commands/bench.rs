//! `carbyne bench`: how fast this machine is at what a chain does.

use crate::cli::BenchArgs;
use crate::output;
use carbyne_bench::Benchmark;

/// Runs benchmarks; a line for people and a line of JSON for each of their figures.
pub fn run(args: &BenchArgs) -> anyhow::Result<()> {
    let Some(name) = &args.name else { return list() };
    for benchmark in Benchmark::named(name)? {
        for figures in benchmark.run(args.size) {
            output::line(format_args!("{figures}\n{}", figures.json()))?;
        }
    }
    Ok(())
}

fn list() -> anyhow::Result<()> {
    for Benchmark { name, about, size, size_of, .. } in carbyne_bench::ALL {
        output::line(format_args!("{name:24}{about}\n{:24}--size {size}: {size_of}", ""))?;
    }
    Ok(())
}
