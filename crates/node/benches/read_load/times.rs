//! Times as figures, and the processor time of this process.

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::time::Duration;

pub fn process_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().expect("a time")
}

/// The value that a share of the sorted values does not exceed.
fn share(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1].as_secs_f64() * 1_000.0
}

/// The middle, the 99th percent and the longest, in milliseconds.
pub fn spread(times: impl Iterator<Item = Duration>) -> Value {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    json!({ "p50": share(&times, 50), "p99": share(&times, 99), "longest": share(&times, 100) })
}
