//! Dev: coins and accounts for whoever asks, the time of a chain that produces on demand, and ways
//! back. Open only with `carbyne dev`.

use super::{Method, submit};
use crate::view::{DevRequest, Submission};
use crate::{ApiError, Arguments};
use serde_json::Value;

pub(super) const METHODS: &[Method] = &[
    submit(
        "advance_time(seconds: uint32) -> time",
        "Produces a block at least this many seconds after the head block; gives its time.",
        |arguments| {
            let seconds = whole(arguments, "seconds", 0, SECONDS_MAX)?;
            Ok(Submission::Produce { blocks: 1, seconds })
        },
    ),
    submit(
        "produce_blocks(count: uint32) -> time",
        "Produces this many blocks, one slot apart; gives the time of the last.",
        |arguments| {
            let blocks = whole(arguments, "count", 1, BLOCKS_MAX)?;
            Ok(Submission::Produce { blocks, seconds: 0 })
        },
    ),
    submit(
        "set_time(time: time) -> time",
        "Produces a block at this time or in the slot after it; gives its time.",
        |arguments| Ok(Submission::Dev(DevRequest::SetTime(arguments.get(0)?))),
    ),
    submit(
        "faucet(account_name_or_id: name|1.2.x, amount: int64 = null) -> hash160",
        "Sends coins to an account; gives the id of the transaction.",
        |arguments| {
            let (account, amount) = (arguments.get(0)?, arguments.optional(1)?);
            Ok(Submission::Dev(DevRequest::Faucet { account, amount }))
        },
    ),
    submit(
        "create_account(name: string, owner: key, active: key) -> hash160",
        "Registers an account with these keys; gives the id of the transaction.",
        |arguments| {
            let (name, owner) = (arguments.get(0)?, arguments.get(1)?);
            let active = arguments.get(2)?;
            Ok(Submission::Dev(DevRequest::CreateAccount { name, owner, active }))
        },
    ),
    submit(
        "snapshot() -> uint32",
        "Remembers the head block, to which `revert` goes back; gives the number of the snapshot.",
        |_| Ok(Submission::Dev(DevRequest::Snapshot)),
    ),
    submit(
        "revert(snapshot: uint32) -> time",
        "Goes back to a snapshot, as if nothing had happened since; gives the time of the chain.",
        |arguments| {
            let snapshot = whole(arguments, "snapshot", 1, u32::MAX)?;
            Ok(Submission::Dev(DevRequest::Revert(snapshot)))
        },
    ),
    submit("reset() -> null", "Deletes the chain and begins it again.", |_| {
        Ok(Submission::Dev(DevRequest::Reset))
    }),
];

/// Most blocks of one call.
const BLOCKS_MAX: u32 = 10_000;

/// Most seconds of one call: ten years.
const SECONDS_MAX: u32 = 10 * 365 * 86_400;

/// The first argument, a whole number within bounds. These methods are ours, so nothing asks for
/// the reference's way with numbers, which takes -5 for 2^32 - 5.
fn whole(arguments: &Arguments<'_>, name: &str, least: u32, most: u32) -> Result<u32, ApiError> {
    let value = arguments.raw(0)?;
    let number = match value {
        Value::String(digits) => digits.parse().ok(),
        value => value.as_u64(),
    };
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        ApiError::assert(format!(
            "{name} must be a whole number from {least} to {most}, {value} is not"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::Dialect;
    use serde_json::json;

    fn check(value: Value, expected: Option<u32>) {
        let values = [value.clone()];
        let found = whole(&Arguments::new(&values, Dialect::REFERENCE), "seconds", 0, SECONDS_MAX);
        match expected {
            Some(number) => assert_eq!(found, Ok(number), "{value}"),
            None => {
                let said = found.expect_err("refused").to_json().to_string();
                assert!(said.contains("a whole number from 0 to 315360000"), "{value}: {said}");
            }
        }
    }

    #[test]
    fn only_whole_numbers_within_bounds_move_time() {
        check(json!(0), Some(0));
        check(json!(3_600), Some(3_600));
        check(json!("3600"), Some(3_600));
        check(json!(SECONDS_MAX), Some(SECONDS_MAX));
        let wrong = [json!(-5), json!(1.5), json!(u32::MAX), json!(1_u64 << 33), json!("1.5")];
        let none = [json!(null), json!(true), json!([]), json!({}), json!(""), json!("-5")];
        wrong.into_iter().chain(none).for_each(|value| check(value, None));
    }
}
