//! Clocks, and what the process takes of the machine.

use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// What a piece of work took.
pub struct Taken {
    wall: Duration,
    processor: Duration,
}

/// Wall clock and processor time of pieces of work.
#[derive(Default)]
pub struct Watch {
    pieces: Vec<(Duration, u64)>,
    processor: Duration,
}

impl Watch {
    /// Times work that does `count` things.
    pub fn time<R>(&mut self, count: u64, work: impl FnOnce() -> R) -> R {
        let (result, taken) = Self::once(work);
        self.add(count, &taken);
        result
    }

    /// Times work of which it is not known before how many things it does.
    pub fn once<R>(work: impl FnOnce() -> R) -> (R, Taken) {
        let (start, busy) = (Instant::now(), processor_time());
        let result = work();
        let (wall, processor) = (start.elapsed(), processor_time().saturating_sub(busy));
        (result, Taken { wall, processor })
    }

    /// Adds what doing `count` things took.
    pub fn add(&mut self, count: u64, taken: &Taken) {
        if count > 0 {
            self.pieces.push((taken.wall, count));
            self.processor += taken.processor;
        }
    }

    /// Things that were done.
    pub fn count(&self) -> u64 {
        self.pieces.iter().map(|(_, count)| count).sum()
    }

    /// Things done in a second of the wall clock.
    pub fn per_second(&self) -> f64 {
        let wall: Duration = self.pieces.iter().map(|(time, _)| *time).sum();
        self.count() as f64 / wall.as_secs_f64()
    }

    /// Seconds of processor time in all.
    pub fn cpu_seconds(&self) -> f64 {
        self.processor.as_secs_f64()
    }

    /// Nanoseconds that one thing takes at most in so many percent of the pieces.
    pub fn ns(&self, percent: usize) -> f64 {
        let each = |(time, count): &(Duration, u64)| time.as_nanos() as f64 / *count as f64;
        let mut times: Vec<f64> = self.pieces.iter().map(each).collect();
        times.sort_by(f64::total_cmp);
        let last = (times.len() * percent).div_ceil(100).max(1) - 1;
        times.get(last).copied().unwrap_or_default()
    }
}

/// Time this thread had a processor, which other programs do not lengthen.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// The most memory this process had so far, in MiB.
pub fn peak_memory_mib() -> u64 {
    kib(STATUS, "VmHWM:") >> 10
}

/// The memory this process has, in KiB.
pub fn memory_now_kib() -> u64 {
    kib(STATUS, "VmRSS:")
}

/// What this process has and had.
const STATUS: &str = "/proc/self/status";

/// A line of what the system tells of memory, in KiB.
pub fn kib(file: &str, name: &str) -> u64 {
    let told = std::fs::read_to_string(file).unwrap_or_default();
    let line = told.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
