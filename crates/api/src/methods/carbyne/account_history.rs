//! Operations of an account: of some kinds, about an asset or a pair of assets, within a time; page
//! by page.

use super::page::answer;
use crate::answer::Answer;
use crate::limits::{at_most, limited};
use crate::{ApiError, Arguments, View};
use carbyne_index::{History, Step, Wanted};
use carbyne_protocol::ids::OperationHistoryId;
use carbyne_wire::{Id, Json, TimePointSec};
use serde_json::Value;

/// Most operations, and chunks of others, looked at for one page; behind that many the page ends
/// and its cursor leads on.
const LOOKED_AT_MAX: usize = 10_000;

/// Most assets that a filter names.
const PAIR: u32 = 3;

/// What is wanted; everything if nothing is said.
#[derive(Default)]
struct Filter {
    wanted: Wanted,
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
        at_most(names.len(), PAIR, "pair")?;
        let ids = names.iter().map(|name| Ok(view.asset(name)?.id));
        Ok(Self {
            wanted: Wanted {
                tags: member(filter, "operations")?.unwrap_or_default(),
                assets: ids.collect::<Result<_, ApiError>>()?,
            },
            start: member(filter, "start")?,
            stop: member(filter, "stop")?,
        })
    }

    /// The newest operation that can be wanted.
    fn newest(&self, history: &History) -> Option<OperationHistoryId> {
        let Some(start) = self.start else { return Some(Id(u64::MAX)) };
        history.block_until(start).map(|block| Id(block.last()))
    }
}

/// Answers `{"items": [...], "cursor": id}`.
pub(super) fn account_history(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Answer, ApiError> {
    let account = arguments.account(view, 0)?.id;
    let filter = Filter::read(view, arguments.raw(1).unwrap_or(&Value::Null))?;
    let cursor = arguments.optional(2)?.unwrap_or(Id(u64::MAX));
    let most = view.settings.limits.get_account_history;
    let limit = limited(arguments.or(3, most)?, most)?;
    let history = view.past()?;
    let (mut found, mut next) = (Vec::new(), None);
    let Some(newest) = filter.newest(history) else {
        return Ok(answer(Answer::List(found), next));
    };
    let newest = OperationHistoryId::min(newest, cursor);
    for (looked_at, step) in history.search(account, newest, &filter.wanted).enumerate() {
        if found.len() == limit || looked_at == LOOKED_AT_MAX {
            next = Some(step.operation().to_json());
            break;
        }
        let Step::Found(operation) = step else { continue };
        if filter.stop.is_some_and(|stop| operation.block_time <= stop) {
            break;
        }
        found.push(view.row(*operation)?);
    }
    Ok(answer(Answer::List(found), next))
}
