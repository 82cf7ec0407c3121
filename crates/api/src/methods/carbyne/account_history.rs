//! Operations of an account: of some kinds, about an asset or a pair of assets, within a time; page
//! by page.

use crate::limits::limited;
use crate::methods::history::{entries_up_to, newest_first};
use crate::{ApiError, Arguments, View};
use carbyne_index::OperationHistory;
use carbyne_ledger::ids::AccountId;
use carbyne_wire::{FlatSet, Id, Json, TimePointSec};
use serde_json::{Value, json};

/// Most operations looked at for one page; behind that many the page ends and its cursor leads on.
const LOOKED_AT_MAX: u64 = 10_000;

/// What is wanted; everything if nothing is said.
#[derive(Default)]
struct Filter {
    kinds: FlatSet<u16>,
    /// Ids of assets as text; an operation must name each.
    assets: Vec<String>,
    /// The newest time wanted.
    start: Option<TimePointSec>,
    /// The time before the oldest wanted.
    stop: Option<TimePointSec>,
}

fn member<T: Json>(filter: &Value, name: &str) -> Result<Option<T>, ApiError> {
    match filter.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => Ok(Some(T::from_json(value).map_err(|error| error.in_member(name))?)),
    }
}

impl Filter {
    fn read(view: &View<'_>, filter: &Value) -> Result<Self, ApiError> {
        if filter.is_null() {
            return Ok(Self::default());
        }
        const NAMES: [&str; 5] = ["operations", "asset", "pair", "start", "stop"];
        let members =
            filter.as_object().ok_or_else(|| ApiError::assert("a filter is an object or null"))?;
        // A misspelt condition must not be taken for none.
        if let Some(name) = members.keys().find(|name| !NAMES.contains(&name.as_str())) {
            return Err(ApiError::assert(format!("\"{name}\" is no part of a filter: {NAMES:?}")));
        }
        let mut names: Vec<String> = member(filter, "pair")?.unwrap_or_default();
        names.extend(member::<String>(filter, "asset")?);
        let ids = names.iter().map(|name| Ok(view.asset(name)?.id.to_string()));
        Ok(Self {
            kinds: member(filter, "operations")?.unwrap_or_default(),
            assets: ids.collect::<Result<_, ApiError>>()?,
            start: member(filter, "start")?,
            stop: member(filter, "stop")?,
        })
    }

    /// The count of the newest entry that can be wanted.
    fn newest(&self, view: &View<'_>, account: AccountId) -> u64 {
        let Some(start) = self.start else { return view.history.activity(account).total_ops };
        let block = view.history.operations.index().back_from(start).next();
        block.map_or(0, |block| entries_up_to(view, account, Id(block.first + block.count - 1)))
    }

    fn wants(&self, operation: &OperationHistory) -> bool {
        let is_of_kind = self.kinds.is_empty()
            || u16::try_from(operation.op.tag()).is_ok_and(|kind| self.kinds.contains(&kind));
        is_of_kind && (self.assets.is_empty() || self.names_assets(operation))
    }

    fn names_assets(&self, operation: &OperationHistory) -> bool {
        let json = json!([operation.op.to_json(), operation.result.to_json()]);
        self.assets.iter().all(|asset| names(&json, asset))
    }
}

/// Whether a text stands anywhere in a value.
fn names(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(items) => items.iter().any(|item| names(item, wanted)),
        Value::Object(members) => members.values().any(|member| names(member, wanted)),
        _ => false,
    }
}

/// Answers `{"operations": [...], "cursor": count}`: the cursor says where the next page begins,
/// null at the end.
pub(super) fn account_history(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let account = arguments.account(view, 0)?.id;
    let filter = Filter::read(view, arguments.raw(1).unwrap_or(&Value::Null))?;
    let cursor: Option<u64> = arguments.optional(2)?;
    let most = view.settings.limits.get_account_history;
    let limit = limited(arguments.or(3, most)?, most)?;
    let first = filter.newest(view, account).min(cursor.unwrap_or(u64::MAX));
    let last = first.saturating_sub(LOOKED_AT_MAX) + 1;
    let (mut found, mut at) = (Vec::new(), first);
    for operation in newest_first(view, account, last..=first) {
        if found.len() == limit {
            break;
        }
        if filter.stop.is_some_and(|stop| operation.block_time <= stop) {
            at = 0;
            break;
        }
        if filter.wants(operation) {
            found.push(operation.to_json());
        }
        at = at.saturating_sub(1);
    }
    let next = (at > 0).then(|| at.to_json());
    Ok(json!({ "operations": found, "cursor": next }))
}
