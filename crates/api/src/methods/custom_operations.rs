//! Custom operations: data that accounts stored by them.

use super::{Method, read};
use crate::answer::list;
use crate::limits::limited;
use crate::refusal::ApiRefusal;
use crate::{ApiError, Arguments, View};
use carbyne_index::storage::{AccountStorageId, Name};
use carbyne_wire::Text;
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[read(
    "get_storage_info(account_name_or_id: name|1.2.x = null, catalog: string = null, \
         key: string = null, limit: uint32<=get_storage_info = most, start_id: 7.0.x = 7.0.0) \
         -> [account_storage_object]",
    "Stored values by account, catalog and key.",
    get_storage_info,
)];

fn get_storage_info(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Value, ApiError> {
    let name = name_of_values(view, arguments)?;
    let most = view.settings.limits.get_storage_info;
    let limit = arguments.or(3, most)?;
    let start = arguments.or(4, AccountStorageId::default())?;
    let limit = limited(limit, most)?;
    // A full name has one value at most; the reference ignores the start then.
    let is_full = matches!(name, (Some(_), Some(_), Some(_)));
    let start = if is_full { 0 } else { start.0 };
    Ok(list(view.past()?.stored(&name, start), limit))
}

/// Account, catalog and key of the first arguments.
pub(super) fn name_of_values(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Name, ApiError> {
    let account: Option<String> = arguments.optional(0)?;
    let (catalog, key): (Option<Text>, Option<Text>) =
        (arguments.optional(1)?, arguments.optional(2)?);
    let account = account.map(|name| view.account(&name)).transpose()?.map(|account| account.id);
    if catalog.is_none() && key.is_some() {
        return Err(ApiRefusal::KeyWithoutCatalog.into());
    }
    Ok((account, catalog, key))
}
