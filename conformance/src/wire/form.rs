//! The two forms of one value: bytes and JSON must decode to the same value and come back as they
//! were.

use super::text;
use crate::compare::{Difference, Numbers, compare};
use carbyne_wire::{Dialect, JsonIn, Pack, Tags, unpack_exact};
use serde_json::Value;

/// Decodes the members `hex` and `json` of a line and encodes them back.
///
/// Gives the value, or none where the bytes cannot be read.
pub(super) fn decode<T: Pack + JsonIn + PartialEq>(
    line: &Value,
    differences: &mut Vec<Difference>,
) -> Option<T> {
    let bytes = hex::decode(text(line, "hex")).unwrap_or_default();
    let from_json = T::from_json_in(&line["json"], Dialect::REFERENCE);
    let value = match unpack_exact::<T>(&bytes, Tags::Reference) {
        Ok(value) => value,
        Err(error) => {
            differences.push(Difference::new("hex", "readable bytes", error));
            return None;
        }
    };
    match from_json {
        Ok(same) if same == value && same.to_bytes() == bytes => {}
        Ok(other) => {
            differences.push(Difference::new(
                "json",
                text(line, "hex"),
                hex::encode(other.to_bytes()),
            ));
        }
        Err(error) => differences.push(Difference::new("json", "readable JSON", error)),
    }
    let packed = value.to_bytes();
    if packed != bytes {
        differences.push(Difference::new("hex", text(line, "hex"), hex::encode(packed)));
    }
    compare_written(&line["json"], &value.to_json_in(Dialect::REFERENCE), differences);
    Some(value)
}

/// Appends the differences of two JSON values, the order of members included.
pub(super) fn compare_written(wanted: &Value, got: &Value, differences: &mut Vec<Difference>) {
    let before = differences.len();
    compare("json", wanted, got, Numbers::AsWritten, differences);
    let text = |value: &Value| value.to_string();
    if differences.len() == before && text(wanted) != text(got) {
        differences.push(Difference::new("json (order of members)", wanted, got));
    }
}
