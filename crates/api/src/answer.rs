//! Answers: gathered from the state while it is held, written as text when it is let go.
//!
//! Invariant: an answer has one row, or is no larger than the limit `answer_bytes`, both as what is
//! gathered and as text; it is refused as soon as that is known. This file must never know what an
//! answer is about.

use crate::limits::Excess;
use crate::{ApiError, View};
use carbyne_ledger::tables::Stored;
use carbyne_wire::{JsonIn, Pack};
use serde_json::{Map, Value};

/// What keeping a row takes beside its content, in bytes.
const ROW_BYTES: usize = 512;

/// The member of a page that leads on.
pub(crate) const CURSOR: &str = "cursor";

/// Makes JSON of what was gathered.
type Later = Box<dyn FnOnce() -> Value + Send>;

/// What can be written as it is.
pub(crate) trait Written: JsonIn + Pack + Clone + Send + 'static {}
impl<T: JsonIn + Pack + Clone + Send + 'static> Written for T {}

/// What a method gives.
pub enum Answer {
    /// JSON that was put together at once.
    Json(Value),
    /// An object as it was, which becomes JSON when it is written.
    Row(Later),
    /// Several answers in order.
    List(Vec<Answer>),
    /// An object with these members.
    Members(Vec<(&'static str, Answer)>),
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json(value) => write!(out, "{value}"),
            Self::Row(_) => out.write_str("a row"),
            Self::List(items) => out.debug_list().entries(items).finish(),
            Self::Members(members) => out.debug_list().entries(members).finish(),
        }
    }
}

impl Answer {
    /// Whether it is a list of nothing.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::List(items) => items.is_empty(),
            Self::Json(value) => value.as_array().is_some_and(Vec::is_empty),
            Self::Row(_) | Self::Members(_) => false,
        }
    }

    /// The last page of a list says where what it lists begins to be known.
    pub(crate) fn not_known_before(mut self, block: u32) -> Self {
        if let Self::Members(members) = &mut self
            && members.iter().any(|(name, item)| *name == CURSOR && item.is_null())
        {
            members.push(("not_known_before", Value::from(block).into()));
        }
        self
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Json(Value::Null))
    }

    /// The answer as JSON, however large.
    pub fn into_value(self) -> Value {
        match self {
            Self::Json(value) => value,
            Self::Row(json) => json(),
            Self::List(items) => items.into_iter().map(Self::into_value).collect(),
            Self::Members(members) => {
                let members = members.into_iter();
                let members = members.map(|(name, item)| (name.to_owned(), item.into_value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    /// Appends the text of the answer, row by row, as long as `out` has no more than `most` bytes.
    pub(crate) fn write(self, out: &mut Vec<u8>, most: u32) -> Result<(), Excess> {
        match self {
            Self::Json(value) => write_value(&value, out),
            Self::Row(json) => write_value(&json(), out),
            Self::List(items) => {
                write_all(b"[]", items, out, most, |item, out| item.write(out, most))?;
            }
            Self::Members(members) => {
                write_all(b"{}", members, out, most, |(name, item), out| {
                    write_value(&Value::from(name), out);
                    out.push(b':');
                    item.write(out, most)
                })?;
            }
        }
        Ok(())
    }
}

/// Appends a value as text.
pub(crate) fn write_value(value: &Value, out: &mut Vec<u8>) {
    let written = serde_json::to_writer(out, value);
    debug_assert!(written.is_ok(), "a value is text, and memory takes it");
}

/// Appends items between two brackets.
fn write_all<T>(
    [open, close]: &[u8; 2],
    items: Vec<T>,
    out: &mut Vec<u8>,
    most: u32,
    write: impl Fn(T, &mut Vec<u8>) -> Result<(), Excess>,
) -> Result<(), Excess> {
    out.push(*open);
    for (number, item) in items.into_iter().enumerate() {
        if number > 0 {
            out.push(b',');
            Excess::of_answer(out.len(), most)?;
        }
        write(item, out)?;
    }
    out.push(*close);
    Ok(())
}

/// About how long the text of a value is, in bytes.
fn text_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 4,
        Value::Number(_) => 8,
        Value::String(text) => text.len() + 3,
        Value::Array(items) => 2 + items.iter().map(text_bytes).sum::<usize>(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| name.len() + 4 + text_bytes(value);
            2 + members.iter().map(member).sum::<usize>()
        }
    }
}

impl View<'_> {
    /// Counts bytes that an answer gathered; refused if they are too many.
    fn gathered(&self, bytes: usize) -> Result<(), ApiError> {
        let before = self.gathered.get();
        self.gathered.set(before.saturating_add(bytes).saturating_add(ROW_BYTES));
        Ok(Excess::of_answer(before, self.settings.limits.answer_bytes)?)
    }

    /// A small thing that was gathered on the way to a list.
    pub(crate) fn counted<T>(&self, thing: T) -> Result<T, ApiError> {
        self.gathered(size_of::<T>())?;
        Ok(thing)
    }

    /// Something that was gathered, with its size in bytes.
    pub(crate) fn later(
        &self,
        bytes: usize,
        json: impl FnOnce() -> Value + Send + 'static,
    ) -> Result<Answer, ApiError> {
        self.gathered(bytes)?;
        Ok(Answer::Row(Box::new(json)))
    }

    /// An object, or anything else that is written as it is.
    pub(crate) fn row<T: Written>(&self, row: T) -> Result<Answer, ApiError> {
        let dialect = self.ledger.dialect;
        self.later(row.packed_len(), move || row.to_json_in(dialect))
    }

    /// Several answers as a list.
    pub(crate) fn list<A: Into<Answer>>(
        &self,
        items: impl IntoIterator<Item = Result<A, ApiError>>,
    ) -> Result<Answer, ApiError> {
        let mut list = Vec::new();
        for item in items {
            let item = item?.into();
            match &item {
                // Was counted when it was made.
                Answer::Row(_) => {}
                Answer::Json(value) => self.gathered(text_bytes(value))?,
                Answer::List(_) | Answer::Members(_) => self.gathered(0)?,
            }
            list.push(item);
        }
        Ok(Answer::List(list))
    }

    /// The first `limit` things as a list.
    pub(crate) fn rows<T: Written>(
        &self,
        items: impl IntoIterator<Item = T>,
        limit: usize,
    ) -> Result<Answer, ApiError> {
        self.list(items.into_iter().take(limit).map(|item| self.row(item)))
    }

    /// The objects with these ids, at most `limit`.
    pub(crate) fn objects<I: Stored>(
        &self,
        ids: impl IntoIterator<Item = I>,
        limit: usize,
    ) -> Result<Answer, ApiError>
    where
        I::Object: Written,
    {
        let found = ids.into_iter().take(limit).filter_map(|id| self.ledger.find(id));
        self.rows(found.cloned(), usize::MAX)
    }

    /// The object with that id, null if there is none.
    pub(crate) fn maybe<I: Stored>(&self, id: Option<I>) -> Result<Answer, ApiError>
    where
        I::Object: Written,
    {
        match id.and_then(|id| self.ledger.find(id)) {
            Some(object) => self.row(object.clone()),
            None => Ok(Value::Null.into()),
        }
    }
}

/// A pair.
pub(crate) fn pair(first: impl Into<Answer>, second: impl Into<Answer>) -> Answer {
    Answer::List(vec![first.into(), second.into()])
}

/// Puts `name` behind the member `after` of an object.
pub(crate) fn insert_after(object: &mut Value, after: &str, members: &[(&str, Value)]) {
    let Some(object) = object.as_object_mut() else { return };
    let place = object.keys().position(|name| name == after).map_or(object.len(), |at| at + 1);
    for (offset, (name, value)) in members.iter().enumerate() {
        object.shift_insert(place + offset, (*name).to_owned(), value.clone());
    }
}
