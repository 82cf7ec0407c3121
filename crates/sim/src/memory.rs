//! What a process that simulates many worlds asks of its allocator.

/// Bytes that are kept, about: the largest block from which the allocator learns.
const KEPT: usize = 31 << 20;

/// Keeps the memory that one world gives back for the next: every start of a node fills megabytes
/// with summaries of blocks to come, and to get each page anew from the system costs more than to
/// fill it. glibc learns from a large block that is freed that such come and go (`mallopt(3)`,
/// `M_MMAP_THRESHOLD`); others do as they like.
pub fn keep_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT)));
}
