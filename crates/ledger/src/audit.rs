//! Whether all that is held of every asset adds up to its supply, and nothing is negative.
//!
//! A balance sheet taken from the objects alone: it knows where money can be, and no rule by which
//! it moves. It looks at everything there is, so it runs in tests and on demand, never in a block.

use crate::constants::CORE;
use crate::ids::AssetId;
use crate::money::{Asset, Shares};
use crate::objects::AssetObject;
use crate::{Ledger, Rejected};
use std::collections::BTreeMap;

/// The balance of one asset, in its smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// The asset.
    pub asset: AssetId,
    /// What the objects hold.
    pub held: i64,
    /// What exists.
    pub supply: i64,
    /// What debt positions owe, if the asset is made by borrowing.
    pub owed: Option<i64>,
    /// A place that holds less than nothing.
    pub negative: Option<&'static str>,
}

impl AuditLine {
    /// Whether it adds up and nothing is negative.
    pub fn is_balanced(&self) -> bool {
        let owes_what_exists = self.owed.is_none_or(|owed| owed == self.supply);
        self.held == self.supply && owes_what_exists && self.negative.is_none()
    }
}

#[derive(Default)]
struct Sheet {
    held: BTreeMap<AssetId, i64>,
    owed: BTreeMap<AssetId, i64>,
    negative: BTreeMap<AssetId, &'static str>,
}

impl Sheet {
    fn add(&mut self, place: &'static str, amount: Asset) -> Result<(), Rejected> {
        let (asset, amount) = (amount.asset_id, amount.amount);
        if amount < 0 {
            self.negative.insert(asset, place);
        }
        let held = self.held.entry(asset).or_default();
        *held = held.plus(amount)?;
        Ok(())
    }

    fn owe(&mut self, asset: AssetId, amount: i64) -> Result<(), Rejected> {
        let owed = self.owed.entry(asset).or_default();
        *owed = owed.plus(amount)?;
        Ok(())
    }
}

/// The balance of every asset, in order of id.
pub fn audit(ledger: &Ledger) -> Result<Vec<AuditLine>, Rejected> {
    let mut sheet = Sheet::default();
    accounts(ledger, &mut sheet)?;
    market(ledger, &mut sheet)?;
    contracts(ledger, &mut sheet)?;
    for asset in ledger.tables.assets.iter() {
        pools_of(ledger, asset, &mut sheet)?;
    }
    sheet.add("witness budget", Asset::core(ledger.dynamic()?.witness_budget))?;
    let assets = ledger.tables.assets.iter();
    assets.map(|asset| line(ledger, asset, &sheet)).collect()
}

fn line(ledger: &Ledger, asset: &AssetObject, sheet: &Sheet) -> Result<AuditLine, Rejected> {
    let borrowed = match asset.bitasset_data_id {
        // After a global settlement nobody owes any more, but holders still hold.
        Some(id) => !ledger.get(id)?.is_globally_settled(),
        None => false,
    };
    Ok(AuditLine {
        asset: asset.id,
        held: sheet.held.get(&asset.id).copied().unwrap_or_default(),
        supply: ledger.get(asset.dynamic_asset_data_id)?.current_supply,
        owed: borrowed.then(|| sheet.owed.get(&asset.id).copied().unwrap_or_default()),
        negative: sheet.negative.get(&asset.id).copied(),
    })
}

fn accounts(ledger: &Ledger, sheet: &mut Sheet) -> Result<(), Rejected> {
    let tables = &ledger.tables;
    for balance in tables.balances.iter() {
        sheet.add("a balance", Asset::new(balance.balance, balance.asset_type))?;
    }
    for statistics in tables.statistics.iter() {
        sheet.add("pending fees", Asset::core(statistics.pending_fees))?;
        sheet.add("pending fees", Asset::core(statistics.pending_vested_fees))?;
    }
    for vesting in tables.vesting_balances.iter() {
        sheet.add("a vesting balance", vesting.balance)?;
    }
    for claim in tables.claims.iter() {
        sheet.add("a balance of the genesis", claim.balance)?;
    }
    for ticket in tables.tickets.iter() {
        sheet.add("a ticket", ticket.amount)?;
    }
    for accumulator in tables.fba_accumulators.iter() {
        sheet.add("an accumulator", Asset::core(accumulator.accumulated_fba_fees))?;
    }
    Ok(())
}

fn market(ledger: &Ledger, sheet: &mut Sheet) -> Result<(), Rejected> {
    let tables = &ledger.tables;
    for order in tables.limit_orders.iter() {
        sheet.add("a deferred fee", Asset::core(order.deferred_fee))?;
        sheet.add("a deferred fee", order.deferred_paid_fee)?;
        // What a settled debt sells is counted with the fund of its asset.
        if !order.is_settled_debt {
            sheet.add("an order", Asset::new(order.for_sale, order.sell_price.base.asset_id))?;
        }
    }
    for call in tables.call_orders.iter() {
        let price = call.call_price;
        sheet.add("a debt position", Asset::new(call.collateral, price.base.asset_id))?;
        sheet.owe(price.quote.asset_id, call.debt)?;
    }
    for settlement in tables.force_settlements.iter() {
        sheet.add("a settlement", settlement.balance)?;
    }
    for bid in tables.collateral_bids.iter() {
        sheet.add("a bid", bid.inv_swan_price.base)?;
    }
    Ok(())
}

fn contracts(ledger: &Ledger, sheet: &mut Sheet) -> Result<(), Rejected> {
    let tables = &ledger.tables;
    for htlc in tables.htlcs.iter() {
        sheet.add("an HTLC", Asset::new(htlc.transfer.amount, htlc.transfer.asset_id))?;
    }
    for pool in tables.liquidity_pools.iter() {
        sheet.add("a liquidity pool", Asset::new(pool.balance_a, pool.asset_a))?;
        sheet.add("a liquidity pool", Asset::new(pool.balance_b, pool.asset_b))?;
    }
    for fund in tables.samet_funds.iter() {
        let lendable = fund.balance.minus(fund.unpaid_amount)?;
        sheet.add("a SameT fund", Asset::new(lendable, fund.asset_type))?;
    }
    for offer in tables.credit_offers.iter() {
        sheet.add("a credit offer", Asset::new(offer.current_balance, offer.asset_type))?;
    }
    for deal in tables.credit_deals.iter() {
        sheet.add("a credit deal", Asset::new(deal.collateral_amount, deal.collateral_asset))?;
    }
    Ok(())
}

fn pools_of(ledger: &Ledger, asset: &AssetObject, sheet: &mut Sheet) -> Result<(), Rejected> {
    let data = ledger.get(asset.dynamic_asset_data_id)?;
    sheet.add("accumulated fees", asset.amount(data.accumulated_fees))?;
    sheet.add("a fee pool", Asset::new(data.fee_pool, CORE))?;
    sheet.add("blinded balances", asset.amount(data.confidential_supply))?;
    let Some(id) = asset.bitasset_data_id else { return Ok(()) };
    let bitasset = ledger.get(id)?;
    let backing = |amount| Asset::new(amount, bitasset.options.short_backing_asset);
    sheet.add("a settlement fund", backing(bitasset.settlement_fund))?;
    sheet.add("a settlement fund", backing(bitasset.individual_settlement_fund))?;
    sheet.add("accumulated fees", backing(data.accumulated_collateral_fees))?;
    sheet.owe(asset.id, bitasset.individual_settlement_debt)
}
