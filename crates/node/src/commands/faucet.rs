//! `carbyne faucet`: coins for an account of a chain that `carbyne dev` runs.

use crate::cli::FaucetArgs;
use crate::client::call;
use crate::output;
use anyhow::Result;
use serde_json::json;

/// Digits of the core asset behind the point.
const DIGITS: usize = 5;

/// Asks the faucet.
pub fn run(args: &FaucetArgs) -> Result<()> {
    let FaucetArgs { account, coins, api } = args;
    let id = call(*api, "dev", "faucet", json!([account, coins]))?;
    let what = coins.map_or_else(|| "coins".to_owned(), |coins| format!("{} coins", text(coins)));
    let id = id.as_str().unwrap_or_default();
    output::line(format_args!("the faucet sends {what} to {account} with transaction {id}"))
}

/// Smallest units of an amount in whole coins, such as 12.5.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) || text.ends_with('.') {
        return Err("coins are a number such as 100 or 12.5".to_owned());
    }
    if part.len() > DIGITS {
        return Err(format!("coins have {DIGITS} digits behind the point"));
    }
    let digits = format!("{whole}{part:0<DIGITS$}");
    digits.parse().map_err(|_| "there are not so many coins".to_owned())
}

/// An amount in whole coins.
fn text(amount: i64) -> String {
    let digits = format!("{amount:0>width$}", width = DIGITS + 1);
    let (whole, part) = digits.split_at(digits.len() - DIGITS);
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_coins_become_smallest_units_and_nothing_else_does() {
        for (said, amount, again) in [
            ("100", 10_000_000, "100"),
            ("12.5", 1_250_000, "12.5"),
            ("0.00001", 1, "0.00001"),
            ("007.10", 710_000, "7.1"),
        ] {
            assert_eq!(parse(said), Ok(amount));
            assert_eq!(text(amount), again);
        }
        for (said, word) in [
            ("", "a number"),
            ("-1", "a number"),
            (".5", "a number"),
            ("1.", "a number"),
            ("1,5", "a number"),
            ("1e5", "a number"),
            ("0.000001", "5 digits"),
            ("92233720368548", "not so many"),
        ] {
            assert!(parse(said).expect_err("refused").contains(word), "{said}");
        }
    }
}
