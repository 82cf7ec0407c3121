//! Every list of the reference, and of the contracts that it does not have, page by page.
//!
//! A list has the name and the order of the reference's method that gives its beginning, takes the
//! arguments of that method but for those that say where to begin and how many, and has the same
//! rows. A new list is one row of a table.

mod by_id;
mod by_name;
mod contracts;
mod markets;
mod past;

use super::page::{Page, ROWS_MAX};
use crate::answer::Answer;
use crate::signature::{self, Signature};
use crate::{ApiError, Arguments, View};
use carbyne_wire::Tags;
use serde_json::{Value, json};

/// A list.
pub struct List {
    /// The method of the reference that gives its beginning.
    pub name: &'static str,
    /// What it takes and has, as a signature.
    pub line: &'static str,
    rows: Rows,
}

/// Gives a page of a list; the arguments are those of the list.
type Rows = fn(&View<'_>, &Arguments<'_>, &Page) -> Result<Answer, ApiError>;

/// A row of a table.
const fn list(line: &'static str, rows: Rows) -> List {
    List { name: signature::name_of(line), line, rows }
}

impl List {
    /// What it takes and has.
    pub fn signature(&self) -> Option<Signature> {
        signature::parse(self.line)
    }

    /// Every list of a chain that knows these choices; those of contracts only where it knows all.
    pub fn all(tags: Tags) -> impl Iterator<Item = &'static Self> {
        let of_reference = [by_name::LISTS, by_id::LISTS, markets::LISTS, past::LISTS];
        let contracts = contracts::LISTS.iter().filter(move |_| tags.are_all());
        of_reference.into_iter().flatten().chain(contracts)
    }
}

/// Answers `{"items": [...], "cursor": place}`.
pub(super) fn list_page(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let of: Vec<Value> = arguments.or(1, Vec::new())?;
    let page = Page::read(arguments, 2)?;
    let list =
        List::all(view.ledger.dialect.tags()).find(|list| list.name == name).ok_or_else(|| {
            ApiError::assert(format!("there is no list \"{name}\": see carbyne.get_lists"))
        })?;
    (list.rows)(view, &Arguments::new(&of, view.ledger.dialect), &page)
}

/// Answers the signatures of the lists, and how many rows a page has at most.
pub(super) fn get_lists(view: &View<'_>, _: &Arguments<'_>) -> Result<Value, ApiError> {
    Ok(json!({
        "limit": ROWS_MAX,
        "lists": List::all(view.ledger.dialect.tags()).map(|list| list.line).collect::<Vec<_>>(),
    }))
}
