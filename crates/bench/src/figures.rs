//! What a benchmark gives: a line for people, and one of JSON for programs.

use crate::watch::{Watch, peak_memory_mib};
use serde_json::json;
use std::fmt;

/// What was measured.
#[derive(Clone, Debug)]
pub struct Figures {
    name: String,
    size: u64,
    count: u64,
    per_second: f64,
    /// Of one thing, over pieces of the work, in nanoseconds.
    p50_ns: f64,
    p99_ns: f64,
    cpu_seconds: f64,
    yardstick: &'static str,
    yardstick_per_second: f64,
    peak_memory_mib: u64,
    /// Memory of one thing, where that is what was measured.
    bytes_each: Option<u64>,
    /// Of the state at the end, if there is one.
    pub(crate) state_hash: Option<String>,
}

impl Figures {
    /// What a watch showed of work of some size, beside a yardstick and how often that is done in a
    /// second.
    pub(crate) fn new(
        name: impl Into<String>,
        size: u64,
        watch: &Watch,
        (yardstick, yardstick_per_second): (&'static str, f64),
    ) -> Self {
        Self {
            name: name.into(),
            size,
            count: watch.count(),
            per_second: watch.per_second(),
            p50_ns: watch.ns(50),
            p99_ns: watch.ns(99),
            cpu_seconds: watch.cpu_seconds(),
            yardstick,
            yardstick_per_second,
            peak_memory_mib: peak_memory_mib(),
            bytes_each: None,
            state_hash: None,
        }
    }

    pub(crate) fn with_state(mut self, hash: impl fmt::Display) -> Self {
        self.state_hash = Some(hash.to_string());
        self
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    pub(crate) fn with_bytes_each(mut self, bytes: u64) -> Self {
        self.bytes_each = Some(bytes);
        self
    }

    /// What was measured.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How large it was.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Nanoseconds of one thing, on average.
    pub fn ns_each(&self) -> f64 {
        1e9 / self.per_second
    }

    /// How often it is done for each time that its yardstick is.
    pub fn ratio(&self) -> f64 {
        self.per_second / self.yardstick_per_second
    }

    /// A line of JSON.
    pub fn json(&self) -> String {
        json!({
            "name": self.name,
            "size": self.size,
            "count": self.count,
            "per_second": self.per_second.round(),
            "p50_ns": self.p50_ns,
            "p99_ns": self.p99_ns,
            "cpu_seconds": self.cpu_seconds,
            "peak_memory_mib": self.peak_memory_mib,
            "yardstick": self.yardstick,
            "yardstick_per_second": self.yardstick_per_second.round(),
            "ratio": self.ratio(),
            "bytes_each": self.bytes_each,
            "state_hash": self.state_hash,
        })
        .to_string()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{:30} {:>9}  {:>10.0}/s  p50 {:>8.2} us  p99 {:>8.2} us  {:.3} of {} ({:.0}/s)",
            self.name,
            self.size,
            self.per_second,
            self.p50_ns / 1e3,
            self.p99_ns / 1e3,
            self.ratio(),
            self.yardstick,
            self.yardstick_per_second,
        )?;
        self.bytes_each.map_or(Ok(()), |bytes| write!(out, "  {bytes} bytes each"))
    }
}
