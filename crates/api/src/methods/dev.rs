//! Dev: moves the time of a chain that produces on demand. Open only with `carbyne dev --instant`.

use super::{Method, submit};
use crate::view::Submission;
use crate::{ApiError, Arguments};

pub(super) const METHODS: &[Method] = &[
    submit(
        "advance_time(seconds: uint32) -> null",
        "Produces a block at least this many seconds after the head block.",
        |arguments| Ok(Submission::Produce { blocks: 1, seconds: arguments.get(0)? }),
    ),
    submit(
        "produce_blocks(count: uint32) -> null",
        "Produces this many blocks, one slot apart.",
        produce_blocks,
    ),
];

/// Most blocks of one call.
const BLOCKS_MAX: u32 = 10_000;

fn produce_blocks(arguments: &Arguments<'_>) -> Result<Submission, ApiError> {
    let blocks = arguments.get(0)?;
    if blocks > BLOCKS_MAX {
        return Err(ApiError::assert(format!("at most {BLOCKS_MAX} blocks in one call")));
    }
    Ok(Submission::Produce { blocks, seconds: 0 })
}
