//! How much debt a margin call may pay back so that the position reaches its target collateral
//! ratio and no more (BSIP 38).
//!
//! Invariant: the answer is at most the whole debt; a smaller one leaves the position above its
//! target. The exact solution of the equation is a fraction, so the neighbourhood is searched for
//! amounts that do it; every node must find the same ones (reference: `chain/market_object.cpp`,
//! which derives the equation).

use carbyne_objects::{AssetBitassetData, CallOrder};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::COLLATERAL_RATIO_DENOM;
use carbyne_protocol::money::{Asset, MoneyRefusal, Price};
use carbyne_protocol::ratio::Ratio;
use ethnum::I256;

/// The most debt of a called position, in smallest units, that may be paid back at `match_price`.
pub(super) fn max_debt_to_cover(
    call: &CallOrder,
    match_price: Price,
    bitasset: &AssetBitassetData,
) -> Result<i64, Rejected> {
    if call.collateralization() > bitasset.current_maintenance_collateralization {
        return Ok(0);
    }
    let Some(target) = call.target_collateral_ratio else { return Ok(call.debt) };
    let target = target.max(bitasset.current_feed.maintenance_collateral_ratio);
    let match_price = in_collateral(call, match_price)?;
    let feed_price = in_collateral(call, bitasset.median_feed.settlement_price)?;
    Equation::new(call, match_price, feed_price, target)?.solve()
}

/// A price as collateral / debt.
fn in_collateral(call: &CallOrder, price: Price) -> Result<Price, Rejected> {
    let wanted = (call.collateral_type(), call.debt_type());
    let turned = if price.base.asset_id == wanted.0 { price } else { price.inverted() };
    let (base, quote) = (turned.base.asset_id, turned.quote.asset_id);
    ensure!(
        (base, quote) == wanted,
        MoneyRefusal::WrongPrice {
            asset: call.debt_type(),
            base,
            quote,
            asked: carbyne_protocol::reference_words::money::TIMES,
        }
    );
    Ok(turned)
}

/// Collateral that a position pays and debt that it covers with it, in smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    pay: i64,
    cover: i64,
}

/// A position, the price it pays and the collateralization that it has to get above.
struct Equation<'a> {
    call: &'a CallOrder,
    match_price: Price,
    target: Price,
    /// Of the exact solution, without what rounding leaves over.
    numerator: I256,
    denominator: I256,
    /// What rounding may leave over, times the denominator.
    fraction: I256,
}

impl<'a> Equation<'a> {
    fn new(
        call: &'a CallOrder,
        match_price: Price,
        feed_price: Price,
        target: u16,
    ) -> Result<Self, Rejected> {
        let wide = |n: i64| I256::from(n);
        let scale = I256::from(COLLATERAL_RATIO_DENOM);
        let feed_debt = wide(feed_price.quote.amount).wrapping_mul(scale);
        // At most 63 + 63 + 63 + 16 bits, so that nothing wraps.
        let quote = wide(match_price.quote.amount);
        let fraction =
            wide(feed_price.base.amount).wrapping_mul(quote).wrapping_mul(I256::from(target));
        let owed = fraction.wrapping_mul(wide(call.debt));
        let backed = feed_debt.wrapping_mul(quote).wrapping_mul(wide(call.collateral));
        let base = wide(match_price.base.amount);
        Ok(Self {
            call,
            match_price,
            target: feed_price.times_ratio(Ratio::new(target, COLLATERAL_RATIO_DENOM))?,
            numerator: owed.wrapping_sub(backed),
            denominator: fraction.wrapping_sub(feed_debt.wrapping_mul(base)),
            fraction,
        })
    }

    fn solve(&self) -> Result<i64, Rejected> {
        let debt = self.call.debt;
        if self.numerator < 0 {
            return Ok(0);
        }
        // Paying at this price only makes the position worse.
        if self.denominator <= 0 {
            return Ok(debt);
        }
        let exact = self.numerator.wrapping_div(self.denominator);
        if exact >= I256::from(debt) {
            return Ok(debt);
        }
        let pay = self.pay_rounded_down(exact.as_i64())?;
        let low = self.settled_by_cover(self.cover_of(pay)?)?;
        if self.is_all(low) {
            return Ok(debt);
        }
        if self.is_good(low)? {
            return Ok(low.cover);
        }
        let high = self.high()?;
        if high.pay <= low.pay || high.cover <= low.cover {
            return Ok(debt);
        }
        self.search_between(low, high)
    }

    /// The solution with all that rounding may leave over.
    fn high(&self) -> Result<Step, Rejected> {
        let all = Step { pay: self.call.collateral, cover: self.call.debt };
        let most = self.numerator.wrapping_add(self.fraction);
        let exact = most.wrapping_div(self.denominator).wrapping_add(I256::ONE);
        if exact >= I256::from(all.cover) {
            return Ok(all);
        }
        let pay = self.pay_of(exact.as_i64())?.min(all.pay);
        if pay == all.pay {
            return Ok(all);
        }
        let cover = self.cover_of(pay)?;
        Ok(if cover >= all.cover { all } else { Step { pay, cover } })
    }

    /// Halves the distance between a step that is not enough and one that may be, then walks on if
    /// it is not.
    fn search_between(&self, mut low: Step, mut high: Step) -> Result<i64, Rejected> {
        let mut high_is_good = false;
        loop {
            let step = self.mean(low, high)?;
            let is_high = step.pay == high.pay;
            if is_high && (high_is_good || step.pay == self.call.collateral) {
                return Ok(step.cover);
            }
            match (self.is_good(step)?, is_high) {
                (true, true) => return Ok(step.cover),
                (true, false) => (high, high_is_good) = (step, true),
                (false, false) => low = step,
                (false, true) => return self.search_forward(step),
            }
        }
    }

    fn mean(&self, low: Step, high: Step) -> Result<Step, Rejected> {
        let step = if self.collateral_is_finer() {
            let pay = low.pay.midpoint(high.pay.saturating_add(1));
            if pay == high.pay {
                return Ok(high);
            }
            let cover = self.cover_of(pay)?;
            if cover >= high.cover {
                return Ok(high);
            }
            self.settled_by_cover(cover)?
        } else {
            let cover = low.cover.midpoint(high.cover);
            if cover == high.cover {
                return Ok(high);
            }
            let pay = self.pay_of(cover)?;
            if pay >= high.pay {
                return Ok(high);
            }
            let cover = self.cover_of(pay)?;
            if cover >= high.cover {
                return Ok(high);
            }
            Step { pay, cover }
        };
        let is_between = step.pay > low.pay && step.cover > low.cover;
        let is_inside = step.pay <= high.pay && step.cover <= high.cover;
        Ok(if is_between && is_inside { step } else { high })
    }

    /// Walks on in steps of 1, 1, 2, 3, 5, 8, ... until it is enough, or all.
    fn search_forward(&self, mut step: Step) -> Result<i64, Rejected> {
        let (mut distance, mut next_distance) = (1_i64, 1_i64);
        loop {
            step = if self.match_price.base.amount > self.match_price.quote.amount {
                let pay = step.pay.saturating_add(distance);
                if pay >= self.call.collateral {
                    return Ok(self.call.debt);
                }
                let cover = self.cover_of(pay)?;
                if cover >= self.call.debt {
                    return Ok(self.call.debt);
                }
                self.settled_by_cover(cover)?
            } else {
                let cover = step.cover.saturating_add(distance);
                if cover >= self.call.debt {
                    return Ok(self.call.debt);
                }
                let pay = self.pay_of(cover)?;
                if pay >= self.call.collateral {
                    return Ok(self.call.debt);
                }
                Step { pay, cover: self.cover_of(pay)? }
            };
            if self.is_all(step) {
                return Ok(self.call.debt);
            }
            if self.is_good(step)? {
                return Ok(step.cover);
            }
            (distance, next_distance) = (next_distance, distance.saturating_add(next_distance));
        }
    }

    /// Whether one unit of collateral is worth less than one of debt.
    fn collateral_is_finer(&self) -> bool {
        self.match_price.base.amount < self.match_price.quote.amount
    }

    /// Whether a step reaches the end of the position on one side.
    fn is_all(&self, step: Step) -> bool {
        step.cover >= self.call.debt || step.pay >= self.call.collateral
    }

    /// Whether what is left of the position is above the target.
    fn is_good(&self, step: Step) -> Result<bool, Rejected> {
        let left = Price::of(
            self.call.get_collateral().minus(self.collateral(step.pay))?,
            self.call.get_debt().minus(self.debt(step.cover))?,
        )?;
        Ok(left > self.target)
    }

    fn collateral(&self, amount: i64) -> Asset {
        Asset::new(amount, self.call.collateral_type())
    }

    fn debt(&self, amount: i64) -> Asset {
        Asset::new(amount, self.call.debt_type())
    }

    /// The debt that `pay` collateral covers.
    fn cover_of(&self, pay: i64) -> Result<i64, Rejected> {
        Ok(self.collateral(pay).times(self.match_price)?.amount)
    }

    /// The collateral that `cover` debt takes.
    fn pay_of(&self, cover: i64) -> Result<i64, Rejected> {
        Ok(self.debt(cover).times_round_up(self.match_price)?.amount)
    }

    fn pay_rounded_down(&self, cover: i64) -> Result<i64, Rejected> {
        Ok(self.debt(cover).times(self.match_price)?.amount)
    }

    fn settled_by_cover(&self, cover: i64) -> Result<Step, Rejected> {
        Ok(Step { pay: self.pay_of(cover)?, cover })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::Id;

    /// A position with a target of `target` thousandths at a feed of one debt for `feed` collateral
    /// that pays `feed * squeeze / 1000` collateral per debt.
    struct Case {
        collateral: i64,
        debt: i64,
        target: Option<u16>,
        feed: i64,
        squeeze: i64,
    }

    fn price(collateral: i64, debt: i64) -> Price {
        Price::new(Asset::new(collateral, Id(0)), Asset::new(debt, Id(1)))
    }

    impl Case {
        fn call(&self) -> CallOrder {
            CallOrder {
                collateral: self.collateral,
                debt: self.debt,
                call_price: price(1, 1),
                target_collateral_ratio: self.target,
                ..CallOrder::default()
            }
        }

        fn bitasset(&self) -> AssetBitassetData {
            let mut bitasset = AssetBitassetData {
                current_maintenance_collateralization: price(self.feed * 1750, 1000),
                ..AssetBitassetData::default()
            };
            bitasset.median_feed.settlement_price = price(self.feed, 1).inverted();
            bitasset.current_feed.maintenance_collateral_ratio = 1750;
            bitasset
        }

        fn pays(&self) -> Price {
            price(self.feed * self.squeeze, 1000)
        }

        fn covers(&self) -> i64 {
            max_debt_to_cover(&self.call(), self.pays(), &self.bitasset()).unwrap()
        }
    }

    #[test]
    fn without_a_target_all_debt_is_covered() {
        let case = Case { collateral: 1600, debt: 100, target: None, feed: 10, squeeze: 1100 };
        assert_eq!(case.covers(), 100);
    }

    #[test]
    fn a_position_that_the_feed_protects_covers_nothing() {
        let target = Some(2000);
        let case = Case { collateral: 1751, debt: 100, target, feed: 10, squeeze: 1100 };
        assert_eq!(case.covers(), 0);
    }

    #[test]
    fn a_price_that_makes_it_worse_covers_everything() {
        let target = Some(1750);
        let case = Case { collateral: 1600, debt: 100, target, feed: 10, squeeze: 1800 };
        assert_eq!(case.covers(), 100);
    }

    #[test]
    fn no_less_than_what_is_covered_reaches_the_target() {
        for debt in [1000, 9_999, 123_457] {
            for thousandths in [1_200, 1_500, 1_749] {
                let collateral = debt * 7 * thousandths / 1000;
                let target = Some(1_800);
                let case = Case { collateral, debt, target, feed: 7, squeeze: 1_100 };
                let covered = case.covers();
                assert!(is_above_target(&case, covered), "{covered} of {debt} is not enough");
                assert!(!is_above_target(&case, covered - 2), "{covered} of {debt} is too much");
            }
        }
    }

    fn is_above_target(case: &Case, covered: i64) -> bool {
        let pays = Asset::new(covered, Id(1)).times_round_up(case.pays()).unwrap().amount;
        let left = (case.collateral - pays, case.debt - covered);
        left.1 == 0 || i128::from(left.0) * 1000 > i128::from(left.1) * i128::from(case.feed) * 1800
    }
}
