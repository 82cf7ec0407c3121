//! `carbyne bench`: how fast this machine is at what a chain does.

use crate::cli::BenchArgs;
use crate::output;
use anyhow::{Context, anyhow};
use carbyne_bench::{Benchmark, Figures};

/// Runs benchmarks; a line for people and a line of JSON for each of their figures.
pub fn run(args: &BenchArgs) -> anyhow::Result<()> {
    let Some(name) = &args.name else { return list() };
    let mut all = Vec::new();
    for benchmark in Benchmark::named(name)? {
        if args.check {
            benchmark.check()?.iter().try_for_each(print)?;
        } else {
            benchmark.run(&args.size).try_for_each(|figures| {
                print(&figures)?;
                all.push(figures);
                anyhow::Ok(())
            })?;
        }
    }
    let Some(file) = &args.plot else { return Ok(()) };
    let drawn = carbyne_bench::plot(&all, file).map_err(|error| anyhow!("{error}"));
    drawn.with_context(|| format!("cannot draw {}", file.display()))
}

fn print(figures: &Figures) -> anyhow::Result<()> {
    output::line(format_args!("{figures}\n{}", figures.json()))
}

fn list() -> anyhow::Result<()> {
    for Benchmark { name, about, size, size_of, .. } in carbyne_bench::ALL {
        output::line(format_args!("{name:24}{about}\n{:24}--size {size}: {size_of}", ""))?;
    }
    Ok(())
}
