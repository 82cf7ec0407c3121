//! Custom operations: data that accounts stored by them.

use super::{Method, read};
use crate::answer::list;
use crate::limits::limited;
use crate::{ApiError, Arguments, View};
use carbyne_index::storage::AccountStorageId;
use carbyne_wire::Text;
use serde_json::Value;

pub(super) const METHODS: &[Method] =
    &[read("get_storage_info", "Stored values by account, catalog and key.", get_storage_info)];

fn get_storage_info(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let account: Option<String> = arguments.optional(0)?;
    let (catalog, key): (Option<Text>, Option<Text>) =
        (arguments.optional(1)?, arguments.optional(2)?);
    let most = view.settings.limits.get_storage_info;
    let limit = arguments.or(3, most)?;
    let start = arguments.or(4, AccountStorageId::default())?;
    let account = account.map(|name| view.account(&name)).transpose()?.map(|account| account.id);
    if catalog.is_none() && key.is_some() {
        let text = "!key.valid(): Can not specify key if catalog is not specified";
        return Err(ApiError::assert(text));
    }
    let limit = limited(limit, most)?;
    let name = (account, catalog, key);
    // A full name has one value at most; the reference ignores the start then.
    let is_full = matches!(name, (Some(_), Some(_), Some(_)));
    let start = if is_full { 0 } else { start.0 };
    Ok(list(view.past()?.stored(&name, start), limit))
}
