//! Operations of an account: of some kinds, about an asset or a pair of assets, within a time; page
//! by page.

use crate::limits::limited;
use crate::{ApiError, Arguments, View};
use carbyne_index::{History, OperationHistory, named_assets};
use carbyne_ledger::ids::{AccountId, AssetId, OperationHistoryId};
use carbyne_wire::{FlatSet, Id, Json, TimePointSec};
use serde_json::{Value, json};

/// Most operations looked at for one page; behind that many the page ends and its cursor leads on.
const LOOKED_AT_MAX: usize = 10_000;

/// What is wanted; everything if nothing is said.
#[derive(Default)]
struct Filter {
    kinds: FlatSet<u8>,
    /// An operation must name each.
    assets: Vec<AssetId>,
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
        let ids = names.iter().map(|name| Ok(view.asset(name)?.id));
        Ok(Self {
            kinds: member(filter, "operations")?.unwrap_or_default(),
            assets: ids.collect::<Result<_, ApiError>>()?,
            start: member(filter, "start")?,
            stop: member(filter, "stop")?,
        })
    }

    /// The newest operation that can be wanted.
    fn newest(&self, history: &History) -> Option<OperationHistoryId> {
        let Some(start) = self.start else { return Some(Id(u64::MAX)) };
        history.block_until(start).map(|block| Id(block.last()))
    }

    /// Operations of an account that may be wanted, from the index that leads to the fewest; the
    /// newest first.
    fn candidates<'a>(
        &self,
        history: &'a History,
        account: AccountId,
        last: OperationHistoryId,
    ) -> Box<dyn Iterator<Item = OperationHistoryId> + 'a> {
        if let Some(asset) = self.assets.first() {
            return Box::new(history.operations_with_asset(account, *asset, last));
        }
        if self.kinds.is_empty() {
            let count = history.count_until(account, last);
            return Box::new(history.operations_of(account, 1..=count));
        }
        let of_kind = |kind: &u8| {
            let mut operations = history.operations_of_type(account, *kind, last);
            (operations.next(), operations)
        };
        Box::new(NewestFirst(self.kinds.iter().map(of_kind).collect()))
    }

    fn wants(&self, operation: &OperationHistory) -> bool {
        let is_of_kind = self.kinds.is_empty()
            || u8::try_from(operation.op.tag()).is_ok_and(|kind| self.kinds.contains(&kind));
        is_of_kind && (self.assets.is_empty() || self.names_assets(operation))
    }

    fn names_assets(&self, operation: &OperationHistory) -> bool {
        let named = named_assets(operation);
        self.assets.iter().all(|asset| named.contains(asset))
    }
}

/// Sequences that fall, as one: of each the next operation and what comes behind it.
struct NewestFirst<I>(Vec<(Option<OperationHistoryId>, I)>);

impl<I: Iterator<Item = OperationHistoryId>> Iterator for NewestFirst<I> {
    type Item = OperationHistoryId;

    fn next(&mut self) -> Option<OperationHistoryId> {
        let (newest, behind) = self.0.iter_mut().max_by_key(|(next, _)| *next)?;
        std::mem::replace(newest, behind.next())
    }
}

/// Answers `{"operations": [...], "cursor": id}`: the cursor says where the next page begins, null
/// at the end.
pub(super) fn account_history(
    view: &View<'_>,
    arguments: &Arguments<'_>,
) -> Result<Value, ApiError> {
    let account = arguments.account(view, 0)?.id;
    let filter = Filter::read(view, arguments.raw(1).unwrap_or(&Value::Null))?;
    let cursor = arguments.optional(2)?.unwrap_or(Id(u64::MAX));
    let most = view.settings.limits.get_account_history;
    let limit = limited(arguments.or(3, most)?, most)?;
    let history = view.past()?;
    let (mut found, mut next) = (Vec::new(), None);
    let newest = filter.newest(history).into_iter();
    let candidates = newest.flat_map(|newest| {
        filter.candidates(history, account, OperationHistoryId::min(newest, cursor))
    });
    for (looked_at, id) in candidates.enumerate() {
        if found.len() == limit || looked_at == LOOKED_AT_MAX {
            next = Some(id.to_json());
            break;
        }
        let Some(operation) = history.operation(id) else { break };
        if filter.stop.is_some_and(|stop| operation.block_time <= stop) {
            break;
        }
        if filter.wants(&operation) {
            found.push(operation.to_json());
        }
    }
    Ok(json!({ "operations": found, "cursor": next }))
}
