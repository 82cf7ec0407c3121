//! Debug: changes the chain from outside the rules, for tests. To be opened to nobody on a real
//! chain.

use super::{Method, submit};
use crate::ApiError;
use crate::refusal::ApiRefusal;
use crate::view::{DebugRequest, Submission};
use carbyne_crypto::PrivateKey;
use carbyne_wire::JsonError;

pub(super) const METHODS: &[Method] = &[
    submit(
        "debug_push_blocks(src_filename: string, count: uint32) -> null",
        "Pushes blocks of another data directory.",
        |arguments| {
            let (folder, count) = (arguments.get(0)?, arguments.get(1)?);
            debug(DebugRequest::PushBlocks { folder, count })
        },
    ),
    submit(
        "debug_generate_blocks(debug_key: wif, count: uint32) -> null",
        "Makes blocks, all signed with one key.",
        |arguments| {
            let key: String = arguments.get(0)?;
            let key = PrivateKey::from_wif(&key).map_err(|_| ApiRefusal::NoPrivateKey)?;
            debug(DebugRequest::GenerateBlocks { key, count: arguments.get(1)? })
        },
    ),
    submit(
        "debug_update_object(update: object) -> null",
        "Changes an object from outside the rules.",
        |arguments| {
            let update = arguments.raw(0)?;
            if !update.is_object() {
                return Err(JsonError::not_an_object(update).into());
            }
            debug(DebugRequest::UpdateObject(update.clone()))
        },
    ),
    submit(
        "debug_stream_json_objects(filename: string) -> null",
        "Writes what changes to a file from now on.",
        |arguments| debug(DebugRequest::StreamObjects(arguments.get(0)?)),
    ),
    submit("debug_stream_json_objects_flush() -> null", "Brings that file up to date.", |_| {
        debug(DebugRequest::FlushStream)
    }),
];

fn debug(request: DebugRequest) -> Result<Submission, ApiError> {
    Ok(Submission::Debug(request))
}
