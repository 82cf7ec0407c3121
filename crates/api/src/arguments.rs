//! Arguments of a call, by position, read liberally: too many are ignored, optional ones may be
//! missing.

use crate::refusal::ApiRefusal;
use crate::{ApiError, View};
use carbyne_objects::{Account, AssetObject};
use carbyne_wire::{Dialect, JsonIn};
use serde_json::Value;
use std::cell::Cell;

/// The arguments of a call.
#[derive(Clone, Debug)]
pub struct Arguments<'a> {
    values: &'a [Value],
    /// That of the chain that is asked.
    dialect: Dialect,
    /// How many positions were asked for, there or not.
    asked: Cell<usize>,
}

impl<'a> Arguments<'a> {
    /// The arguments in order, in the dialect of the chain that is asked.
    pub fn new(values: &'a [Value], dialect: Dialect) -> Self {
        Self { values, dialect, asked: Cell::new(0) }
    }

    fn at(&self, position: usize) -> Option<&'a Value> {
        self.asked.set(self.asked.get().max(position + 1));
        self.values.get(position)
    }

    /// The argument at `position`, which must be there.
    pub fn get<T: JsonIn>(&self, position: usize) -> Result<T, ApiError> {
        let value = self.at(position).ok_or_else(too_few)?;
        Ok(T::from_json_in(value, self.dialect)?)
    }

    /// The argument at `position`, or none if it is missing or null.
    pub fn optional<T: JsonIn>(&self, position: usize) -> Result<Option<T>, ApiError> {
        match self.at(position) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => Ok(Some(T::from_json_in(value, self.dialect)?)),
        }
    }

    /// The argument at `position`, or `default` if it is missing or null.
    pub fn or<T: JsonIn>(&self, position: usize, default: T) -> Result<T, ApiError> {
        Ok(self.optional(position)?.unwrap_or(default))
    }

    /// The account that the argument at `position` names by name or id.
    pub(crate) fn account<'v>(
        &self,
        view: &View<'v>,
        position: usize,
    ) -> Result<&'v Account, ApiError> {
        view.account(&self.get::<String>(position)?)
    }

    /// The asset that the argument at `position` names by symbol or id.
    pub(crate) fn asset<'v>(
        &self,
        view: &View<'v>,
        position: usize,
    ) -> Result<&'v AssetObject, ApiError> {
        view.asset(&self.get::<String>(position)?)
    }

    /// The argument at `position` as it came.
    pub fn raw(&self, position: usize) -> Result<&'a Value, ApiError> {
        self.at(position).ok_or_else(too_few)
    }

    /// How many positions a method asked for so far, whether there was something or not: what its
    /// signature must name.
    pub fn asked(&self) -> usize {
        self.asked.get()
    }
}

fn too_few() -> ApiError {
    ApiRefusal::TooFewArguments.into()
}
