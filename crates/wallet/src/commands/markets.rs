//! Orders, debt positions, settlements.

use super::{Command, command, own, send};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::wallet::Wallet;
use carbyne_objects::{AssetBitassetData, CallOrder, LimitOrder};
use carbyne_protocol::ids::LimitOrderId;
use carbyne_protocol::money::Price;
use carbyne_protocol::ops::asset::{bid_collateral::BidCollateral, settle::AssetSettle};
use carbyne_protocol::ops::market::call_order_update::{CallOrderOptions, CallOrderUpdate};
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;
use carbyne_protocol::ops::market::limit_order_create::LimitOrderCreate;
use carbyne_wire::Json;
use serde_json::{Value, json};

pub(super) const COMMANDS: &[Command] = &[
    command(
        "sell_asset(seller_account: account, amount_to_sell: amount, symbol_or_id_to_sell: asset, \
         min_to_receive: amount, symbol_or_id_to_receive: asset, timeout_sec: uint = 0, \
         fill_or_kill: bool = false, broadcast: bool = false)",
        "Places an order that sells one asset for another.",
        "sell_asset ann 10 BTS 2 USD 0 false true",
        sell,
    ),
    command(
        "borrow_asset(borrower: account, amount_to_borrow: amount, asset_symbol_or_id: asset, \
         amount_of_collateral: amount, broadcast: bool = false)",
        "Changes a debt position: more debt and collateral, or less with negative amounts.",
        "borrow_asset ann 100 USD 5000 true",
        |wallet, arguments| borrow(wallet, arguments, CallOrderOptions::default(), 4),
    ),
    command(
        "borrow_asset_ext(borrower: account, amount_to_borrow: amount, asset_symbol_or_id: asset, \
         amount_of_collateral: amount, extensions: json, broadcast: bool = false)",
        "As borrow_asset, with a ratio to which margin calls sell.",
        "borrow_asset_ext ann 100 USD 5000 '{\"target_collateral_ratio\":2000}' true",
        |wallet, arguments| borrow(wallet, arguments, arguments.get(4)?, 5),
    ),
    command(
        "cancel_order(order_id: id, broadcast: bool = false)",
        "Cancels an order.",
        "cancel_order 1.7.3 true",
        |wallet, arguments| {
            let order: LimitOrderId = arguments.get(0)?;
            let found: LimitOrder = wallet.node()?.object(order)?;
            let cancel = LimitOrderCancel {
                fee_paying_account: found.seller,
                order,
                ..LimitOrderCancel::default()
            };
            wallet.finish(vec![cancel.into()], send(arguments, 1)?)
        },
    ),
    command(
        "get_order_book(base: asset, quote: asset, limit: uint = 50)",
        "The best orders of both sides of a market.",
        "get_order_book BTS USD 10",
        |wallet, arguments| asked(wallet, "get_order_book", arguments, 3),
    ),
    command(
        "get_limit_orders(a: asset, b: asset, limit: uint)",
        "Orders of both sides of a market.",
        "get_limit_orders BTS USD 10",
        |wallet, arguments| asked(wallet, "get_limit_orders", arguments, 3),
    ),
    command(
        "get_account_limit_orders(name_or_id: account, base: asset, quote: asset, \
         limit: uint = 101, ostart_id: id? = null, ostart_price: json? = null)",
        "Orders of an account in a market.",
        "get_account_limit_orders ann BTS USD",
        |wallet, arguments| asked(wallet, "get_account_limit_orders", arguments, 6),
    ),
    command(
        "get_call_orders(asset_symbol_or_id: asset, limit: uint)",
        "Debt positions of an asset, those called first first.",
        "get_call_orders USD 10",
        |wallet, arguments| asked(wallet, "get_call_orders", arguments, 2),
    ),
    command(
        "get_settle_orders(a: asset, limit: uint)",
        "Settlements of an asset that wait.",
        "get_settle_orders USD 10",
        |wallet, arguments| asked(wallet, "get_settle_orders", arguments, 2),
    ),
    command(
        "get_collateral_bids(asset_symbol_or_id: asset, limit: uint = 100, start: uint = 0)",
        "Bids to take over the debt of a settled asset.",
        "get_collateral_bids USD",
        |wallet, arguments| asked(wallet, "get_collateral_bids", arguments, 3),
    ),
    command(
        "settle_asset(account_to_settle: account, amount_to_settle: amount, symbol_or_id: asset, \
         broadcast: bool = false)",
        "Has a SmartCoin exchanged for its collateral at the feed's price.",
        "settle_asset ann 10 USD true",
        |wallet, arguments| {
            let node = wallet.node()?;
            let settle = AssetSettle {
                account: node.account(&arguments.text(0)?)?.id,
                amount: node.amount(&arguments.text(1)?, &arguments.text(2)?)?,
                ..AssetSettle::default()
            };
            wallet.finish(vec![settle.into()], send(arguments, 3)?)
        },
    ),
    command(
        "bid_collateral(bidder: account, debt_amount: amount, debt_symbol_or_id: asset, \
         additional_collateral: amount, broadcast: bool = false)",
        "Bids collateral for the debt of an asset that was settled as a whole.",
        "bid_collateral ann 100 USD 500 true",
        bid,
    ),
    own(
        "margin_positions(account: account)",
        "The debt positions of an account with their collateral ratio and call price.",
        "margin_positions ann",
        margin_positions,
    ),
];

/// Asks the node the same with the same arguments.
fn asked(wallet: &Wallet, method: &str, arguments: &Arguments, count: usize) -> Result<Value> {
    let values: Vec<Value> = (0..count).map(|at| arguments.value(at)).collect();
    wallet.node()?.call("database", method, values.into())
}

fn sell(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let timeout: u32 = arguments.get(5)?;
    let mut order = LimitOrderCreate {
        seller: node.account(&arguments.text(0)?)?.id,
        amount_to_sell: node.amount(&arguments.text(1)?, &arguments.text(2)?)?,
        min_to_receive: node.amount(&arguments.text(3)?, &arguments.text(4)?)?,
        fill_or_kill: arguments.get(6)?,
        ..LimitOrderCreate::default()
    };
    if timeout > 0 {
        let now = node.wait(node.client().head())?.time;
        order.expiration = now.checked_add(timeout).unwrap_or(order.expiration);
    }
    wallet.finish(vec![order.into()], send(arguments, 7)?)
}

/// What backs a SmartCoin: its id, symbol for amounts, and its state.
fn bitasset(wallet: &Wallet, symbol: &str) -> Result<(AssetBitassetData, String)> {
    let node = wallet.node()?;
    let id = node.asset(symbol)?.asset.bitasset_data_id;
    let no_coin = || WalletError::argument("asset", format!("{symbol} is no SmartCoin"));
    let state: AssetBitassetData = node.object(id.ok_or_else(no_coin)?)?;
    let backing = state.options.short_backing_asset.to_string();
    Ok((state, backing))
}

fn borrow(
    wallet: &mut Wallet,
    arguments: &Arguments,
    extensions: CallOrderOptions,
    broadcast: usize,
) -> Result<Value> {
    wallet.data()?;
    let symbol = arguments.text(2)?;
    let (_, backing) = bitasset(wallet, &symbol)?;
    let node = wallet.node()?;
    let update = CallOrderUpdate {
        funding_account: node.account(&arguments.text(0)?)?.id,
        delta_debt: node.amount(&arguments.text(1)?, &symbol)?,
        delta_collateral: node.amount(&arguments.text(3)?, &backing)?,
        extensions,
        ..CallOrderUpdate::default()
    };
    wallet.finish(vec![update.into()], send(arguments, broadcast)?)
}

fn bid(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let symbol = arguments.text(2)?;
    let (_, backing) = bitasset(wallet, &symbol)?;
    let node = wallet.node()?;
    let bid = BidCollateral {
        bidder: node.account(&arguments.text(0)?)?.id,
        debt_covered: node.amount(&arguments.text(1)?, &symbol)?,
        additional_collateral: node.amount(&arguments.text(3)?, &backing)?,
        ..BidCollateral::default()
    };
    wallet.finish(vec![bid.into()], send(arguments, 4)?)
}

/// A quotient of products with four decimals, rounded down; none if it divides by zero.
fn decimal(numerators: [i64; 3], denominators: [i64; 2]) -> Option<String> {
    const DECIMALS: u128 = 10_000;
    let product = |factors: &[i64]| {
        factors.iter().try_fold(1_u128, |p, f| p.checked_mul(u128::try_from(*f).ok()?))
    };
    let scaled = product(&numerators)?.checked_mul(DECIMALS)?;
    let quotient = scaled.checked_div(product(&denominators)?)?;
    Some(format!("{}.{:04}", quotient / DECIMALS, quotient % DECIMALS))
}

fn margin_positions(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let node = wallet.node()?;
    let account = json!([arguments.text(0)?]);
    let positions: Vec<CallOrder> = node.ask("get_margin_positions", account)?;
    let mut shown = Vec::new();
    for one in positions {
        let debt = node.unit(one.debt_type());
        let (state, _) = bitasset(wallet, &debt.symbol)?;
        let feed = &state.current_feed;
        let price: Price = feed.settlement_price;
        // Debt and collateral at the feed: collateral * (debt of the feed) / (collateral of it).
        let ratio = decimal([one.collateral, price.base.amount, 1], [price.quote.amount, one.debt]);
        let mcr = i64::from(feed.maintenance_collateral_ratio);
        let backing = node.unit(one.collateral_type());
        let (up, down) = (scale(backing.precision), scale(debt.precision));
        // Debt for one of collateral at which the ratio is that of a margin call.
        let call_price = decimal(
            [one.debt.saturating_mul(mcr), up, 1],
            [one.collateral.saturating_mul(1_000), down],
        );
        shown.push(json!({
            "id": one.id.to_json(),
            "debt": node.pretty(one.get_debt()),
            "collateral": node.pretty(one.get_collateral()),
            "ratio": ratio,
            "called_below_ratio": decimal([mcr, 1, 1], [1_000, 1]),
            "call_price": call_price.map(|p| format!("{p} {}/{}", debt.symbol, backing.symbol)),
            "target_collateral_ratio": one.target_collateral_ratio,
        }));
    }
    Ok(shown.into())
}

/// Smallest units in one whole unit.
fn scale(precision: u8) -> i64 {
    10_i64.checked_pow(precision.into()).unwrap_or(i64::MAX)
}
