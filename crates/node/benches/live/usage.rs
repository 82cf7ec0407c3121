//! What threads have used of the processors.

use std::collections::BTreeMap;
use std::fs::{read_dir, read_to_string};
use std::time::Duration;

/// Processor time by name of thread.
#[derive(Clone, Debug, Default)]
pub struct Usage(BTreeMap<String, Duration>);

impl Usage {
    /// Up to now.
    pub fn now() -> Self {
        let mut times = BTreeMap::<_, Duration>::new();
        for task in read_dir("/proc/self/task").expect("threads").flatten() {
            let read = |file: &str| read_to_string(task.path().join(file));
            let (Ok(name), Ok(used)) = (read("comm"), read("schedstat")) else { continue };
            let nanoseconds = used.split(' ').next().and_then(|first| first.parse().ok());
            let time = Duration::from_nanos(nanoseconds.unwrap_or_default());
            *times.entry(name.trim().to_owned()).or_default() += time;
        }
        Self(times)
    }

    /// Microseconds that each used since `before` for one of `pieces` of work.
    pub fn since(&self, before: &Self, pieces: u64) -> BTreeMap<String, f64> {
        let each = |(name, time): (&String, &Duration)| {
            let used = time.saturating_sub(before.0.get(name).copied().unwrap_or_default());
            (name.clone(), used.as_secs_f64() * 1e6 / pieces as f64)
        };
        self.0.iter().map(each).collect()
    }
}
