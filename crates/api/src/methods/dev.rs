//! Dev: moves the time of a chain that produces on demand. Open only with `carbyne dev --instant`.

use super::{Handler, Method};
use crate::view::Submission;
use crate::{ApiError, Arguments};

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "advance_time",
        doc: "Produces a block at least this many seconds after the head block.",
        handler: Handler::Submit(|arguments| {
            Ok(Submission::Produce { blocks: 1, seconds: arguments.get(0)? })
        }),
    },
    Method {
        name: "produce_blocks",
        doc: "Produces this many blocks, one slot apart.",
        handler: Handler::Submit(produce_blocks),
    },
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
