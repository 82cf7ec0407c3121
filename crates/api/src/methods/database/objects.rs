//! Objects by id.

use crate::answer::Answer;
use crate::methods::{Method, call, read};
use crate::{ApiError, Arguments, Session, View};
use carbyne_protocol::{ErrorCode, code};
use carbyne_wire::ObjectId;
use serde_json::{Value, json};

pub(super) const METHODS: &[Method] = &[
    call(
        "get_objects(ids: [id]<=get_objects, subscribe: bool = null) -> [any?]",
        "Objects by id, null where there is none; follows them.",
        get_objects,
    ),
    read(
        "get_next_object_id(space_id: uint8, type_id: uint8, with_pending_transactions: bool) \
         -> id",
        "The id that the next object of a space and type gets.",
        get_next_object_id,
    ),
];

fn get_objects(
    session: &mut Session,
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let ids: Vec<ObjectId> = arguments.get(0)?;
    let follow = session.subscriptions.wants(arguments.optional(1)?);
    view.list(ids.into_iter().map(|id| {
        let object = view.shown(id)?;
        if follow && !matches!((id.space, id.type_), (1, 11) | (2, 9)) {
            session.subscriptions.follow(id);
        }
        Ok(object)
    }))
}

/// What the reference's map says of a type it does not have.
const NO_SUCH_TYPE: ErrorCode =
    ErrorCode { what: "flat_map::at key not found", ..code::OUT_OF_RANGE };

fn get_next_object_id(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let (space, type_): (u8, u8) = (arguments.get(0)?, arguments.get(1)?);
    let with_pending_transactions: bool = arguments.get(2)?;
    let next = view.next_number(space, type_).map_err(|error| match with_pending_transactions {
        true => error,
        // The reference looks this up in a map by type.
        false => ApiError::refused(NO_SUCH_TYPE, format!("{}: ", NO_SUCH_TYPE.what)),
    })?;
    Ok(json!(ObjectId::new(space, type_, next).to_string()))
}
