//! Blocks: whole blocks in bulk.

use super::{Method, read};
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_wire::Json;
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[read(
    "get_blocks(block_num_from: uint32, block_num_to: uint32) -> [signed_block?]",
    "Blocks from one number to another, null where there is none.",
    get_blocks,
)];

/// Most blocks of one answer.
const BLOCKS_MAX: u32 = 1_000;

fn get_blocks(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (from, to): (u32, u32) = (arguments.get(0)?, arguments.get(1)?);
    if to < from {
        return Err(ApiRefusal::BlocksBackwards { from, to }.into());
    }
    if to - from >= BLOCKS_MAX {
        return Err(ApiError::assert(format!("at most {BLOCKS_MAX} blocks in one answer")));
    }
    Ok(Value::Array(
        (from..=to)
            .map(|number| view.blocks.block(number).as_ref().map_or(Value::Null, Json::to_json))
            .collect(),
    ))
}
