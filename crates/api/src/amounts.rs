//! Amounts and prices as decimal text (reference: `app/util.cpp`, `asset_object.cpp`).

use crate::ApiError;
use crate::refusal::ApiRefusal;
use carbyne_objects::AssetObject;
use carbyne_protocol::money::Price;

/// An amount of an asset as text with as many decimals as it needs: 12345 of precision 3 is
/// "12.345".
pub(crate) fn amount_to_string(amount: i64, precision: u8) -> String {
    let scale = 10_u64.saturating_pow(u32::from(precision));
    let (whole, decimals) = (amount.unsigned_abs() / scale, amount.unsigned_abs() % scale);
    let sign = if amount < 0 { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{decimals:0width$}", width = usize::from(precision))
}

/// A large amount as text, without zeros at the end of its decimals.
pub(crate) fn uint128_amount_to_string(amount: u128, precision: u8) -> String {
    if precision == 0 || amount == 0 {
        return amount.to_string();
    }
    let digits = format!("{amount:0width$}", width = usize::from(precision) + 1);
    let (whole, decimals) = digits.split_at(digits.len() - usize::from(precision));
    match decimals.trim_end_matches('0') {
        "" => whole.to_owned(),
        decimals => format!("{whole}.{decimals}"),
    }
}

/// What a price is multiplied with so that the division keeps 19 decimals.
const PRICE_SCALE: u128 = 10_000_000_000_000_000_000;

/// A price as text: how much of `base` one of `quote` costs, in whole units.
pub(crate) fn price_to_string(
    price: Price,
    base: &AssetObject,
    quote: &AssetObject,
) -> Result<String, ApiError> {
    let price = oriented(price, base, quote)?;
    if price.base.amount == 0 {
        return Ok("0".to_owned());
    }
    let (base_amount, quote_amount) = (price.base.amount, price.quote.amount);
    let has = u128::try_from(base_amount)
        .map_err(|_| ApiRefusal::NegativeBase { amount: base_amount })?;
    let per = u128::try_from(quote_amount)
        .map_err(|_| ApiRefusal::NegativeQuote { amount: quote_amount })?;
    let (has, per) = if per == 0 { (i64::MAX as u128, 1) } else { (has, per) };
    // Both below 2^64, so the product fits.
    let scaled = has * PRICE_SCALE / per;
    Ok(uint128_amount_to_string(scaled, 19 + base.precision - quote.precision))
}

/// The price with `base` as its base.
pub(crate) fn oriented(
    price: Price,
    base: &AssetObject,
    quote: &AssetObject,
) -> Result<Price, ApiError> {
    match (price.base.asset_id, price.quote.asset_id) {
        pair if pair == (base.id, quote.id) => Ok(price),
        pair if pair == (quote.id, base.id) => Ok(price.inverted()),
        _ => Err(ApiRefusal::OtherPrice.into()),
    }
}

/// By how much a price changed, in percent with two decimals.
pub(crate) fn price_diff_percent_string(old: Price, new: Price) -> String {
    let (old, new) = (without_zero(old), without_zero(new));
    let new_part = product(new.base.amount, old.quote.amount);
    let old_part = product(old.base.amount, new.quote.amount);
    let text = uint128_amount_to_string(ten_thousandths(new_part.abs_diff(old_part), old_part), 2);
    if new_part >= old_part || text == "0" { text } else { format!("-{text}") }
}

fn product(a: i64, b: i64) -> u128 {
    u128::from(a.unsigned_abs()) * u128::from(b.unsigned_abs())
}

/// A price without a side that is zero.
fn without_zero(mut price: Price) -> Price {
    if price.base.amount == 0 {
        (price.base.amount, price.quote.amount) = (1, i64::MAX);
    } else if price.quote.amount == 0 {
        (price.base.amount, price.quote.amount) = (i64::MAX, 1);
    }
    price
}

/// `10,000 * part / whole`, the greatest number if it is larger; `whole` is not zero and below
/// 2^127.
fn ten_thousandths(part: u128, whole: u128) -> u128 {
    const TIMES: u32 = 10_000;
    let Some(whole_parts) = (part / whole).checked_mul(u128::from(TIMES)) else { return u128::MAX };
    let rest = part % whole;
    let (mut quotient, mut remainder) = (0, 0);
    // Bit by bit, because 10,000 times the rest may not fit.
    for bit in (0..u32::BITS).rev() {
        let added = if TIMES >> bit & 1 == 1 { rest } else { 0 };
        for (times, plus) in [(2, 0), (1, added)] {
            quotient *= times;
            remainder = remainder * times + plus;
            if remainder >= whole {
                remainder -= whole;
                quotient += 1;
            }
        }
    }
    whole_parts.saturating_add(quotient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_as_many_decimals_as_their_asset() {
        assert_eq!(amount_to_string(12_345, 3), "12.345");
        assert_eq!(amount_to_string(12_300, 3), "12.300");
        assert_eq!(amount_to_string(12_000, 3), "12");
        assert_eq!(amount_to_string(-5, 2), "-0.05");
        assert_eq!(amount_to_string(7, 0), "7");
    }

    #[test]
    fn large_amounts_lose_the_zeros_at_their_end() {
        assert_eq!(uint128_amount_to_string(12_300, 3), "12.3");
        assert_eq!(uint128_amount_to_string(12_000, 3), "12");
        assert_eq!(uint128_amount_to_string(5, 3), "0.005");
        assert_eq!(uint128_amount_to_string(0, 3), "0");
        assert_eq!(uint128_amount_to_string(120, 0), "120");
    }

    #[test]
    fn parts_of_large_numbers_do_not_overflow() {
        assert_eq!(ten_thousandths(1, 3), 3_333);
        assert_eq!(ten_thousandths((1 << 126) - 1, 1 << 126), 9_999);
        assert_eq!(ten_thousandths(u128::MAX, 1), u128::MAX);
    }
}
