//! Force settlements: holders of a SmartCoin exchange it for collateral of the least collateralized
//! position.
//!
//! Invariant: a position that is not called pays the settlement price; one that is called pays like
//! to the market, and what it pays above what the settler gets is the margin call fee. A settlement
//! too small to get anything is cancelled.

use super::black_swan::BlackSwan;
use super::calls::{Settlements, check_calls};
use super::cover::max_debt_to_cover;
use super::fill::{CallFill, Fill, fill_call_order, fill_settle_order};
use super::match_call::{CallPrices, follow_positions, next_call};
use crate::Ledger;
use carbyne_objects::{AssetBitassetData, CallOrder};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetBitassetDataId, CallOrderId, ForceSettlementId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::asset::options::BlackSwanResponse;
use carbyne_protocol::ratio::Ratio;

/// On what terms a force settlement meets a position. Prices are debt / collateral.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SettlementTerms {
    /// What the position pays.
    pub(crate) call_pays: Price,
    /// What the settler gets.
    pub(crate) settler_gets: Price,
    /// The most debt that may be settled.
    pub(crate) max_settlement: Asset,
    /// Whether the position is called.
    pub(crate) is_margin_call: bool,
    /// Whether the settlement came after the position.
    pub(crate) settlement_is_taker: bool,
}

impl SettlementTerms {
    /// The terms of a called position, which pays back no more than its target ratio asks for.
    fn of_margin_call(
        call: &CallOrder,
        bitasset: &AssetBitassetData,
        prices: CallPrices,
        settlement_is_taker: bool,
    ) -> Result<Self, Rejected> {
        let to_cover = max_debt_to_cover(call, prices.call_pays, bitasset)?;
        Ok(Self {
            call_pays: prices.call_pays.inverted(),
            settler_gets: prices.order_gets.inverted(),
            max_settlement: Asset::new(to_cover, bitasset.asset_id),
            is_margin_call: true,
            settlement_is_taker,
        })
    }
}

/// Matches a force settlement with a position. Returns the debt that was settled, in smallest
/// units; none was if the settlement was cancelled instead, or if too little may be settled now.
pub(crate) fn match_settlement(
    ledger: &mut Ledger,
    settlement: ForceSettlementId,
    call_id: CallOrderId,
    terms: &SettlementTerms,
) -> Result<i64, Rejected> {
    let balance = ledger.get(settlement)?.balance;
    let call = ledger.get(call_id)?;
    let bitasset = super::bitasset_id(ledger, call.debt_type())?;
    let pays_ratio = ledger.get(bitasset)?.margin_call_pays_ratio();
    let exchange = match Exchange::of(balance, call, terms, pays_ratio)? {
        Outcome::Nothing => return Ok(0),
        Outcome::Cancel => return ledger.cancel_settle_order(settlement).map(|()| 0),
        Outcome::Exchange(exchange) => exchange,
    };
    let call_fill = CallFill {
        fill: Fill {
            pays: exchange.call_pays,
            receives: exchange.debt,
            price: exchange.price,
            is_maker: terms.settlement_is_taker,
        },
        margin_call_fee: exchange.call_pays.minus(exchange.settler_gets)?.amount,
        reduce_current_supply: true,
    };
    fill_call_order(ledger, call_id, &call_fill)?;
    let settle_fill = Fill {
        pays: exchange.debt,
        receives: exchange.settler_gets,
        price: exchange.price,
        is_maker: !terms.settlement_is_taker,
    };
    fill_settle_order(ledger, settlement, &settle_fill, !terms.is_margin_call)?;
    follow_positions(ledger, bitasset)?;
    if exchange.leaves_dust {
        ledger.cancel_settle_order(settlement)?;
    }
    Ok(exchange.debt.amount)
}

/// What follows from the amounts of a force settlement and a position.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// Neither changes.
    Nothing,
    /// The settlement would get nothing.
    Cancel,
    /// They exchange.
    Exchange(Exchange),
}

/// What a force settlement and a position exchange.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Exchange {
    /// Collateral that the position gives.
    call_pays: Asset,
    /// Collateral that the settler gets.
    settler_gets: Asset,
    /// Debt that the settler gives and the position gets.
    debt: Asset,
    /// The price that history shows.
    price: Price,
    /// Whether what is left of the settlement could get nothing.
    leaves_dust: bool,
}

impl Exchange {
    fn of(
        balance: Asset,
        call: &CallOrder,
        terms: &SettlementTerms,
        pays_ratio: Ratio,
    ) -> Result<Outcome, Rejected> {
        let offered = least(balance, terms.max_settlement)?;
        let debt = least(offered, call.get_debt())?;
        let call_pays = debt.times(terms.call_pays)?;
        let closes_position = debt == call.get_debt();
        if call_pays.amount == 0 {
            return Ok(Self::of_dust(balance, debt, call, terms));
        }
        let exchange = match (closes_position, terms.is_margin_call) {
            (true, true) => Self::close_called(call, terms, pays_ratio)?,
            (true, false) => {
                // Rounded up, so that the settler does not lose.
                let call_pays = debt.times_round_up(terms.call_pays)?;
                Self::new(call_pays, call_pays, debt, terms.settler_gets)
            }
            (false, false) => {
                // Rounded down; what would get nothing stays with the settler.
                let debt = call_pays.times_round_up(terms.call_pays)?;
                Self::new(call_pays, call_pays, debt, terms.settler_gets)
            }
            (false, true) if debt == terms.max_settlement => Self::new(
                debt.times_round_up(terms.call_pays)?,
                debt.times_round_up(terms.settler_gets)?,
                debt,
                terms.settler_gets,
            ),
            (false, true) => match Self::of_whole_settlement(debt, call, terms, pays_ratio)? {
                Some(exchange) => exchange,
                None => return Ok(Outcome::Cancel),
            },
        };
        // Only what was offered wholly can leave a rest that is too small.
        let leaves_dust = !closes_position && debt == balance && exchange.debt != balance;
        Ok(Outcome::Exchange(Self { leaves_dust, ..exchange }))
    }

    const fn new(call_pays: Asset, settler_gets: Asset, debt: Asset, price: Price) -> Self {
        Self { call_pays, settler_gets, debt, price, leaves_dust: false }
    }

    /// Where the debt is worth less than one unit of collateral: the smaller side decides.
    fn of_dust(balance: Asset, debt: Asset, call: &CallOrder, terms: &SettlementTerms) -> Outcome {
        let one = Asset::new(1, call.collateral_type());
        let exchange = Outcome::Exchange(Self::new(one, one, debt, terms.settler_gets));
        if debt == call.get_debt() {
            exchange
        } else if debt == balance {
            Outcome::Cancel
        } else if terms.is_margin_call {
            // The target ratio holds the position back; one unit still brings it there.
            exchange
        } else {
            Outcome::Nothing
        }
    }

    /// Closes a called position: at its own price if it cannot pay the one of the terms.
    fn close_called(
        call: &CallOrder,
        terms: &SettlementTerms,
        pays_ratio: Ratio,
    ) -> Result<Self, Rejected> {
        let debt = call.get_debt();
        let call_pays = debt.times_round_up(terms.call_pays)?;
        if call_pays.amount <= call.collateral {
            let settler_gets = debt.times_round_up(terms.settler_gets)?;
            return Ok(Self::new(call_pays, settler_gets, debt, terms.settler_gets));
        }
        let own = Price::of(debt, call.get_collateral())?.over_ratio(pays_ratio)?;
        Ok(Self::new(call.get_collateral(), debt.times_round_up(own)?, debt, own))
    }

    /// Exchanges all of a settlement that is smaller than the called position: at the position's
    /// own price if it would be worse off at that of the terms. None if the settler would get
    /// nothing.
    fn of_whole_settlement(
        debt: Asset,
        call: &CallOrder,
        terms: &SettlementTerms,
        pays_ratio: Ratio,
    ) -> Result<Option<Self>, Rejected> {
        let Some(exchange) = Self::at(debt, terms.call_pays, terms.settler_gets)? else {
            return Ok(None);
        };
        if !exchange.harms(call)? {
            return Ok(Some(exchange));
        }
        let own = Price::of(call.get_debt(), call.get_collateral())?;
        Self::at(debt, own, own.over_ratio(pays_ratio)?)
    }

    /// What `debt` gets, rounded down, and what it takes to get that.
    fn at(debt: Asset, call_pays: Price, settler_gets: Price) -> Result<Option<Self>, Rejected> {
        let gets = debt.times(settler_gets)?;
        if gets.amount == 0 {
            return Ok(None);
        }
        let debt = gets.times_round_up(settler_gets)?;
        Ok(Some(Self::new(debt.times(call_pays)?, gets, debt, settler_gets)))
    }

    /// Whether the position would have less collateral per debt afterwards, or none.
    fn harms(&self, call: &CallOrder) -> Result<bool, Rejected> {
        if self.call_pays.amount >= call.collateral {
            return Ok(true);
        }
        let left = Price::of(
            call.get_collateral().minus(self.call_pays)?,
            call.get_debt().minus(self.debt)?,
        )?;
        Ok(left < call.collateralization())
    }
}

fn least(a: Asset, b: Asset) -> Result<Asset, Rejected> {
    Ok(if b.compare(a)?.is_lt() { b } else { a })
}

/// Matches a new force settlement with positions that are being called.
pub fn apply_force_settlement(
    ledger: &mut Ledger,
    settlement: ForceSettlementId,
) -> Result<(), Rejected> {
    let asset = ledger.get(settlement)?.balance.asset_id;
    let id = super::bitasset_id(ledger, asset)?;
    let bitasset = ledger.get(id)?;
    let mut prices = CallPrices::of(bitasset)?;
    let mut follows_cap = bitasset.black_swan_response_method() == BlackSwanResponse::NoSettlement
        && bitasset.is_current_feed_price_capped();
    while ledger.find(settlement).is_some() {
        let bitasset = ledger.get(id)?;
        let Some(call) = next_call(ledger, bitasset)? else { break };
        let terms = SettlementTerms::of_margin_call(ledger.get(call)?, bitasset, prices, true)?;
        match_settlement(ledger, settlement, call, &terms)?;
        if follows_cap {
            // The cap of the price moved, so that limit orders may meet positions now.
            check_calls(ledger, asset, BlackSwan::Allowed, Settlements::Skip)?;
            let bitasset = ledger.get(id)?;
            prices = CallPrices::of(bitasset)?;
            follows_cap = bitasset.is_current_feed_price_capped();
        }
    }
    Ok(())
}

/// Matches positions that are called with the force settlements on the book, the earliest first.
/// True once a position changed: then limit orders come first again.
pub(super) fn match_force_settlements(
    ledger: &mut Ledger,
    id: AssetBitassetDataId,
) -> Result<bool, Rejected> {
    let bitasset = ledger.get(id)?;
    let asset = bitasset.asset_id;
    let prices = CallPrices::of(bitasset)?;
    loop {
        let first = ledger.tables.force_settlements.index().of_asset(asset).next();
        let bitasset = ledger.get(id)?;
        let (Some((_, settlement)), Some(call)) = (first, next_call(ledger, bitasset)?) else {
            return Ok(false);
        };
        let terms = SettlementTerms::of_margin_call(ledger.get(call)?, bitasset, prices, false)?;
        if match_settlement(ledger, settlement, call, &terms)? > 0 {
            return Ok(true);
        }
    }
}
