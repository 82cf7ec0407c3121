//! Objects of any type, page by page.

use super::page::{Page, answer};
use crate::answer::Answer;
use crate::{ApiError, Arguments, View};
use carbyne_wire::ObjectId;

/// Answers `{"items": [...], "cursor": id}`. The type is given as "1.3".
pub(super) fn list_objects(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let kind: String = arguments.get(0)?;
    let page = Page::read(arguments, 1)?;
    let parts = kind.split_once('.').map(|(space, type_)| (space.parse(), type_.parse()));
    let Some((Ok(space), Ok(type_))) = parts else {
        return Err(ApiError::assert(format!("\"{kind}\" is no space and type, such as \"1.3\"")));
    };
    let first = match page.first::<ObjectId>()? {
        Some(cursor) if (cursor.space, cursor.type_) != (space, type_) => {
            return Err(ApiError::assert(format!("the cursor {cursor} is not of type {kind}")));
        }
        cursor => cursor.map_or(0, |cursor| cursor.instance),
    };
    let numbers = view.numbers_from((space, type_), first, page.limit.saturating_add(1))?;
    let id = |number: &u64| ObjectId::new(space, type_, *number);
    let objects =
        view.list(numbers.iter().take(page.limit).map(|number| view.shown(id(number))))?;
    let next = numbers.get(page.limit).map(|number| id(number).to_string().into());
    Ok(answer(objects, next))
}
