//! What the processor is asked to have at hand soon.
//!
//! A hint: it changes nothing, decides nothing and waits for nothing, and no address is wrong for
//! it. A read in its place holds up whatever stands behind it: of reads with a few dozen
//! instructions between them the processor has two or three on their way at once, of hints as many
//! as the memory takes.

/// Bytes of a line of the processor's caches.
const LINE: usize = 64;

/// Asks for all lines of a value.
#[inline]
pub fn prefetch<T>(value: &T) {
    let first = std::ptr::from_ref(value).cast::<u8>();
    for offset in (0..size_of::<T>()).step_by(LINE) {
        ask_for_line(first.wrapping_add(offset));
    }
    // A value that does not begin with a line ends in one more.
    ask_for_line(first.wrapping_add(size_of::<T>().saturating_sub(1)));
}

#[inline]
#[cfg(target_arch = "x86_64")]
fn ask_for_line(place: *const u8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: every such processor has the instruction, and it reads nothing that could be seen:
    // where nothing is, nothing happens.
    #[allow(unsafe_code)]
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
}

#[inline]
#[cfg(not(target_arch = "x86_64"))]
fn ask_for_line(_: *const u8) {}
