//! Blocks: whole blocks in bulk.

use super::{Method, gather};
use crate::answer::Answer;
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[gather(
    "get_blocks(block_num_from: uint32, block_num_to: uint32) -> [signed_block?]",
    "Blocks from one number to another, null where there is none.",
    get_blocks,
)];

fn get_blocks(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let (from, to): (u32, u32) = (arguments.get(0)?, arguments.get(1)?);
    if to < from {
        return Err(ApiRefusal::BlocksBackwards { from, to }.into());
    }
    let most = view.settings.limits.get_blocks;
    if to - from >= most {
        return Err(ApiError::assert(format!("at most {most} blocks in one answer")));
    }
    view.list((from..=to).map(|number| match view.blocks.block(number) {
        Some(block) => view.row(block),
        None => Ok(Value::Null.into()),
    }))
}
