//! Tags that only some chains know.
//!
//! The reference counts the choices of its operations from 0. Choices with tags from
//! [`FIRST_LATER_TAG`] on belong to chains whose genesis opted in to more; everywhere else such a
//! tag is as unknown as any other, in bytes and in JSON. Whether the chain that a process serves is
//! one of them is said once at start, like the address prefix. Rules never ask this: they ask the
//! state, and refuse what a chain has not opted in to whatever was said here.

use std::sync::OnceLock;

/// The first of the tags that only some chains know.
pub const FIRST_LATER_TAG: u64 = 1_000;

static ADMITTED: OnceLock<()> = OnceLock::new();

/// Says that the chain of this process knows the later tags.
pub fn admit_later_tags() {
    ADMITTED.get_or_init(|| ());
}

/// Whether the chain of this process knows the later tags.
#[inline]
pub fn later_tags_admitted() -> bool {
    ADMITTED.get().is_some()
}
