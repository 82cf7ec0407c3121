//! Accounts that buy an asset back with all they hold (reference: `chain/db_maint.cpp`,
//! `create_buyback_orders`).

use crate::Ledger;
use crate::evaluate::Mode;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId, LimitOrderId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;
use carbyne_protocol::ops::market::limit_order_create::LimitOrderCreate;
use carbyne_wire::TimePointSec;

/// Sells what buyback accounts hold for the assets they buy back, at any price.
pub(super) fn create_buyback_orders(ledger: &mut Ledger) -> Result<(), Rejected> {
    let buybacks = ledger.tables.buybacks.iter();
    let assets: Vec<AssetId> = buybacks.map(|buyback| buyback.asset_to_buy).collect();
    for asset in assets {
        let Some(seller) = ledger.get(asset)?.buyback_account else { continue };
        for amount in for_sale(ledger, seller, asset)? {
            // Refused for instance if an issuer put the account on a blacklist: then it keeps what
            // it has.
            let _: Result<(), Rejected> = sell_at_once(ledger, seller, amount, asset);
        }
    }
    Ok(())
}

/// What the account holds, is allowed to hold and does not buy.
fn for_sale(
    ledger: &Ledger,
    seller: AccountId,
    asset_to_buy: AssetId,
) -> Result<Vec<Asset>, Rejected> {
    let Some(allowed) = &ledger.get(seller)?.extras.allowed_assets else { return Ok(Vec::new()) };
    let holdings = ledger.tables.balances.index().of_account(seller);
    Ok(holdings
        .map(|(asset, _)| Asset::new(ledger.balance(seller, asset), asset))
        .filter(|held| held.amount != 0 && held.asset_id != asset_to_buy)
        .filter(|held| allowed.contains(&held.asset_id))
        .collect())
}

/// Places an order and takes it back if anything of it is left.
fn sell_at_once(
    ledger: &mut Ledger,
    seller: AccountId,
    amount_to_sell: Asset,
    asset_to_buy: AssetId,
) -> Result<(), Rejected> {
    let order = LimitOrderCreate {
        seller,
        amount_to_sell,
        min_to_receive: Asset::new(1, asset_to_buy),
        expiration: TimePointSec::MAX,
        ..LimitOrderCreate::default()
    };
    let result = ledger.apply_operation(&order.into(), Mode::Free, true)?;
    let OperationResult::Object(id) = result else { return Ok(()) };
    let order = LimitOrderId::try_from(id).ok().filter(|order| ledger.find(*order).is_some());
    if let Some(order) = order {
        let cancel =
            LimitOrderCancel { fee_paying_account: seller, order, ..LimitOrderCancel::default() };
        ledger.apply_operation(&cancel.into(), Mode::Free, true)?;
    }
    Ok(())
}
