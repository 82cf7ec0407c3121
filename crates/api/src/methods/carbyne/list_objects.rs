//! Objects of any type, page by page.

use crate::limits::limited;
use crate::{ApiError, Arguments, View};
use carbyne_wire::ObjectId;
use serde_json::{Value, json};

/// Most objects of a page.
const OBJECTS_MAX: u32 = 1_000;

/// Answers `{"objects": [...], "cursor": id}`. The type is given as "1.3"; the cursor is the id
/// from which the next page begins, null at the end. Objects that come and go between two pages
/// never make others appear twice or not at all.
pub(super) fn list_objects(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let kind: String = arguments.get(0)?;
    let cursor: Option<ObjectId> = arguments.optional(1)?;
    let limit = limited(arguments.or(2, OBJECTS_MAX)?, OBJECTS_MAX)?;
    let parts = kind.split_once('.').map(|(space, type_)| (space.parse(), type_.parse()));
    let Some((Ok(space), Ok(type_))) = parts else {
        return Err(ApiError::assert(format!("\"{kind}\" is no space and type, such as \"1.3\"")));
    };
    let first = match cursor {
        Some(cursor) if (cursor.space, cursor.type_) != (space, type_) => {
            return Err(ApiError::assert(format!("the cursor {cursor} is not of type {kind}")));
        }
        cursor => cursor.map_or(0, |cursor| cursor.instance),
    };
    let numbers = view.numbers_from((space, type_), first, limit.saturating_add(1))?;
    let id = |number: &u64| ObjectId::new(space, type_, *number);
    let mut objects = Vec::with_capacity(limit);
    for number in numbers.iter().take(limit) {
        objects.extend(view.object(id(number))?);
    }
    let next = numbers.get(limit).map(|number| id(number).to_string());
    Ok(json!({ "objects": objects, "cursor": next }))
}
