//! Amounts as people write them: decimal, in whole units of an asset.
//!
//! Invariant: no floats; what has more decimals than the asset is refused, not rounded.

use crate::error::{Result, WalletError};
use carbyne_protocol::constants::MAX_SHARE_SUPPLY;

fn wrong(text: &str, why: &str) -> WalletError {
    WalletError::argument("amount", format!("\"{text}\" {why}"))
}

/// Smallest units of an amount with at most `precision` decimals. May be negative.
pub fn parse(text: &str, precision: u8) -> Result<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && decimals.is_empty()) || !is_number(whole) || !is_number(decimals) {
        return Err(wrong(text, "is no amount, such as 12.5"));
    }
    let precision = usize::from(precision);
    if decimals.trim_end_matches('0').len() > precision {
        return Err(wrong(text, &format!("has more than {precision} decimals")));
    }
    let decimals = decimals.get(..precision.min(decimals.len())).unwrap_or_default();
    let units = format!("{whole}{decimals:0<precision$}");
    let units: i64 = units.parse().map_err(|_| wrong(text, "is too large"))?;
    if units > MAX_SHARE_SUPPLY {
        return Err(wrong(text, "is above the greatest supply"));
    }
    Ok(sign * units)
}

/// Smallest units in decimals, without zeros at the end, as the reference writes those of prices.
pub fn short(units: i64, precision: u8) -> String {
    let text = show(units, precision);
    match precision {
        0 => text,
        _ => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

/// Smallest units in decimals, all of them, as the reference writes amounts.
pub fn show(units: i64, precision: u8) -> String {
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = usize::from(precision) + 1);
    let (whole, decimals) = digits.split_at(digits.len() - usize::from(precision));
    let sign = if units < 0 { "-" } else { "" };
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, precision: u8, wanted: Option<i64>) {
        assert_eq!(parse(text, precision).ok(), wanted, "{text} with {precision} decimals");
    }

    #[test]
    fn reads_decimal_amounts_and_never_rounds() {
        check("10", 5, Some(1_000_000));
        check("0.00001", 5, Some(1));
        check("10.50", 5, Some(1_050_000));
        check(".5", 1, Some(5));
        check("-1.5", 1, Some(-15));
        check("7", 0, Some(7));
        check("7.0", 0, Some(7));
        check("0.000010", 5, Some(1));
        for wrong in ["", ".", "-", "1e3", "1,5", "0.000001", "99999999999999999999", "+1", " 1"] {
            check(wrong, 5, None);
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for units in [0, 1, -1, 99_999, 100_000, -1_050_000, MAX_SHARE_SUPPLY] {
            for precision in [0, 1, 5, 12] {
                check(&show(units, precision), precision, Some(units));
            }
        }
        assert_eq!(show(1_050_000, 5), "10.50000");
        for (units, text) in [(1_050_000, "10.5"), (500_000, "5"), (0, "0"), (10, "0.0001")] {
            assert_eq!(short(units, 5), text);
        }
        assert_eq!(short(100, 0), "100");
    }
}
