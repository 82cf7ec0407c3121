//! The chain as a whole: its properties and its blocks.

use crate::answer::{Answer, pair};
use crate::methods::{Method, gather, read};
use crate::{ApiError, Arguments, View};
use carbyne_protocol::constants::CORE;
use carbyne_wire::{Json, ObjectId};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    read("get_chain_properties() -> chain_property_object", "What never changes.", |view, _| {
        view.existing(ObjectId::new(2, 11, 0))
    }),
    read(
        "get_global_properties() -> global_property_object",
        "What changes at maintenance.",
        |view, _| view.existing(ObjectId::new(2, 0, 0)),
    ),
    read(
        "get_dynamic_global_properties() -> dynamic_global_property_object",
        "What changes with every block.",
        |view, _| view.existing(ObjectId::new(2, 1, 0)),
    ),
    read("get_chain_id() -> hash256", "SHA-256 of the genesis file.", |view, _| {
        let properties = view.existing(ObjectId::new(2, 11, 0))?;
        Ok(properties.get("chain_id").cloned().unwrap_or(Value::Null))
    }),
    read(
        "get_config() -> config",
        "Constants of the reference, with the symbol and prefix of this chain.",
        get_config,
    ),
    gather(
        "get_block(block_num: uint32) -> signed_block?",
        "A block by number, null if there is none; its operation results are empty.",
        |view, arguments| match view.blocks.block(arguments.get(0)?) {
            Some(block) => view.row(block),
            None => Ok(Value::Null.into()),
        },
    ),
    read(
        "get_block_header(block_num: uint32, with_witness_signature: bool = false) \
         -> block_header?",
        "The header of a block by number, null if there is none.",
        |view, arguments| header(view, arguments.get(0)?, arguments.or(1, false)?),
    ),
    gather(
        "get_block_header_batch(block_nums: [uint32]<=get_block_header_batch, \
         with_witness_signatures: bool = false) \
         -> [(uint32, block_header?)]",
        "Headers of several blocks, as pairs of number and header.",
        get_block_header_batch,
    ),
];

fn header(view: &View<'_>, number: u32, with_signature: bool) -> Result<Value, ApiError> {
    Ok(view.blocks.block(number).map_or(Value::Null, |block| {
        if with_signature { block.signed_header.to_json() } else { block.header().to_json() }
    }))
}

fn get_block_header_batch(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let mut numbers: Vec<u32> = arguments.get(0)?;
    let with_signature = arguments.or(1, false)?;
    numbers.sort_unstable();
    numbers.dedup();
    view.list(
        numbers
            .into_iter()
            .map(|number| Ok(pair(Value::from(number), header(view, number, with_signature)?))),
    )
}

/// Constants of the reference (its `get_config.cpp`).
const CONFIG: &str = include_str!("config.json");

fn get_config(view: &View<'_>, _: &Arguments<'_>) -> Result<Value, ApiError> {
    let core = view.ledger.get(CORE)?;
    let mut config: Value =
        serde_json::from_str(CONFIG).map_err(|error| ApiError::assert(error.to_string()))?;
    config["GRAPHENE_SYMBOL"] = core.symbol.to_json();
    config["GRAPHENE_ADDRESS_PREFIX"] = view.ledger.dialect.prefix().into();
    config["GRAPHENE_BLOCKCHAIN_PRECISION"] =
        10_u64.saturating_pow(u32::from(core.precision)).to_json();
    config["GRAPHENE_BLOCKCHAIN_PRECISION_DIGITS"] = core.precision.into();
    Ok(config)
}
