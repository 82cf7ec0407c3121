//! Memory that was used before.
//!
//! Under a virtual machine lies another one, which gives a page when it is touched for the first
//! time: that may take as long as a thousand transfers, and says nothing of the code. So memory is
//! touched and given back before something is measured.

use crate::watch::kib;
use memmap2::{Advice, MmapMut};

const MIB: usize = 1 << 20;
const PAGE: usize = 4096;

/// Touched whatever is measured, in MiB.
const LEAST: u64 = 2048;

/// The most bytes that one of what a size counts takes.
const BYTES_EACH: u64 = 2048;

/// Touches as much memory as a benchmark of that size may take, half of what is available at most,
/// and gives it back. Where the system does not give it, what is measured just takes longer.
pub fn warm(size: u64) {
    let wanted = size.saturating_mul(BYTES_EACH) / MIB as u64;
    let available = kib("/proc/meminfo", "MemAvailable:") >> 10;
    let mib = wanted.max(LEAST).min(available / 2);
    let Ok(mut memory) = MmapMut::map_anon(usize::try_from(mib).unwrap_or_default() * MIB) else {
        return;
    };
    let _smaller_pages_do = memory.advise(Advice::HugePage);
    memory.iter_mut().step_by(PAGE).for_each(|byte| *byte = 1);
    drop(memory);
    // What was touched does not count as the most memory that the process had.
    let _counts = std::fs::write("/proc/self/clear_refs", "5");
}
