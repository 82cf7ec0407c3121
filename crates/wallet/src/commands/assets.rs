//! Assets: found, made, changed, issued, and what their issuers do.

use super::{Command, command, send};
use crate::arguments::Arguments;
use crate::error::{Result, WalletError};
use crate::wallet::Wallet;
use carbyne_answers::ExtendedAsset;
use carbyne_objects::AssetObject;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::asset::claim_pool::AssetClaimPool;
use carbyne_protocol::ops::asset::create::AssetCreate;
use carbyne_protocol::ops::asset::fund_fee_pool::AssetFundFeePool;
use carbyne_protocol::ops::asset::global_settle::AssetGlobalSettle;
use carbyne_protocol::ops::asset::issue::AssetIssue;
use carbyne_protocol::ops::asset::options::{AssetOptions, BitassetOptions};
use carbyne_protocol::ops::asset::publish_feed::AssetPublishFeed;
use carbyne_protocol::ops::asset::reserve::AssetReserve;
use carbyne_protocol::ops::asset::update::AssetUpdate;
use carbyne_protocol::ops::asset::update_bitasset::AssetUpdateBitasset;
use carbyne_protocol::ops::asset::update_feed_producers::AssetUpdateFeedProducers;
use carbyne_protocol::ops::asset::update_issuer::AssetUpdateIssuer;
use carbyne_wire::{Json, JsonIn};
use serde_json::{Value, json};

pub(super) const COMMANDS: &[Command] = &[
    command(
        "list_assets(lowerbound: text, limit: uint)",
        "Assets by symbol from a text on.",
        "list_assets BTS 10",
        |wallet, arguments| {
            let range = json!([arguments.text(0)?, arguments.value(1)]);
            wallet.node()?.call("database", "list_assets", range)
        },
    ),
    command("get_asset_count()", "How many assets there are.", "get_asset_count", |wallet, _| {
        wallet.node()?.call("database", "get_asset_count", json!([]))
    }),
    command(
        "get_asset(asset_symbol_or_id: asset)",
        "An asset as it stands on the chain.",
        "get_asset BTS",
        |wallet, arguments| {
            wallet.node()?.asset(&arguments.text(0)?).map(|one| one.to_json_in(wallet.dialect))
        },
    ),
    command(
        "get_asset_id(asset_symbol_or_id: asset)",
        "The id of an asset.",
        "get_asset_id BTS",
        |wallet, arguments| wallet.asset(arguments, 0).map(|one| one.id.to_json()),
    ),
    command(
        "get_asset_name(asset_symbol_or_id: asset)",
        "The symbol of an asset.",
        "get_asset_name 1.3.0",
        |wallet, arguments| wallet.asset(arguments, 0).map(|one| one.symbol.to_json()),
    ),
    command(
        "get_asset_symbol(asset_symbol_or_id: asset)",
        "The symbol of an asset.",
        "get_asset_symbol 1.3.0",
        |wallet, arguments| wallet.asset(arguments, 0).map(|one| one.symbol.to_json()),
    ),
    command(
        "get_bitasset_data(asset_symbol_or_id: asset)",
        "Feeds and settlement of a SmartCoin.",
        "get_bitasset_data USD",
        |wallet, arguments| {
            let asset = wallet.asset(arguments, 0)?;
            let id = asset.bitasset_data_id;
            let no_coin =
                || WalletError::argument("asset", format!("{} is no SmartCoin", asset.symbol));
            wallet.node()?.object(id.ok_or_else(no_coin)?)
        },
    ),
    command(
        "create_asset(issuer: account, symbol: text, precision: uint, common: json, \
         bitasset_opts: json?, broadcast: bool = false)",
        "Makes an asset; with bitasset_opts a SmartCoin.",
        "create_asset ann GOLD 4 {} null true",
        |wallet, arguments| {
            let bitasset_opts: Option<BitassetOptions> = arguments.maybe(4)?;
            let common_options = common(&arguments.value(3), bitasset_opts.is_some())?;
            let create = AssetCreate {
                issuer: wallet.node()?.account(&arguments.text(0)?)?.id,
                symbol: arguments.text(1)?.into(),
                precision: arguments.get(2)?,
                common_options,
                bitasset_opts,
                ..AssetCreate::default()
            };
            wallet.finish(vec![create.into()], send(arguments, 5)?)
        },
    ),
    command(
        "update_asset(symbol_or_id: asset, new_issuer: account?, new_options: json, \
         broadcast: bool = false)",
        "Changes the options of an asset; new_issuer must be null.",
        "update_asset GOLD null @options.json true",
        update,
    ),
    command(
        "update_asset_issuer(symbol_or_id: asset, new_issuer: account, broadcast: bool = false)",
        "Gives an asset to another issuer; needs the owner authority.",
        "update_asset_issuer GOLD bob true",
        |wallet, arguments| {
            let asset = wallet.asset(arguments, 0)?;
            let update = AssetUpdateIssuer {
                issuer: asset.issuer,
                asset_to_update: asset.id,
                new_issuer: wallet.node()?.account(&arguments.text(1)?)?.id,
                ..AssetUpdateIssuer::default()
            };
            wallet.finish(vec![update.into()], send(arguments, 2)?)
        },
    ),
    command(
        "update_bitasset(symbol_or_id: asset, new_options: json, broadcast: bool = false)",
        "Changes the options of a SmartCoin.",
        "update_bitasset USD @options.json true",
        |wallet, arguments| {
            let asset = wallet.asset(arguments, 0)?;
            let update = AssetUpdateBitasset {
                issuer: asset.issuer,
                asset_to_update: asset.id,
                new_options: arguments.get(1)?,
                ..AssetUpdateBitasset::default()
            };
            wallet.finish(vec![update.into()], send(arguments, 2)?)
        },
    ),
    command(
        "update_asset_feed_producers(symbol_or_id: asset, new_feed_producers: [account], \
         broadcast: bool = false)",
        "Says who may publish feeds of a SmartCoin.",
        "update_asset_feed_producers USD ann,bob true",
        feed_producers,
    ),
    command(
        "publish_asset_feed(publishing_account: account, symbol_or_id: asset, feed: json, \
         broadcast: bool = false)",
        "Publishes a price feed.",
        "publish_asset_feed ann USD @feed.json true",
        |wallet, arguments| {
            let publish = AssetPublishFeed {
                publisher: wallet.node()?.account(&arguments.text(0)?)?.id,
                asset_id: wallet.asset(arguments, 1)?.id,
                feed: arguments.get(2)?,
                ..AssetPublishFeed::default()
            };
            wallet.finish(vec![publish.into()], send(arguments, 3)?)
        },
    ),
    command(
        "issue_asset(to_account: account, amount: amount, symbol_or_id: asset, memo: text = \"\", \
         broadcast: bool = false)",
        "Issues an amount of an asset to an account.",
        "issue_asset bob 100 GOLD '' true",
        issue,
    ),
    command(
        "fund_asset_fee_pool(from: account, symbol_or_id: asset, amount: amount, \
         broadcast: bool = false)",
        "Puts core into the pool that lets fees be paid in an asset.",
        "fund_asset_fee_pool ann GOLD 100 true",
        |wallet, arguments| {
            let fund = AssetFundFeePool {
                from_account: wallet.node()?.account(&arguments.text(0)?)?.id,
                asset_id: wallet.asset(arguments, 1)?.id,
                amount: wallet.core(arguments, 2)?.amount,
                ..AssetFundFeePool::default()
            };
            wallet.finish(vec![fund.into()], send(arguments, 3)?)
        },
    ),
    command(
        "claim_asset_fee_pool(symbol_or_id: asset, amount: amount, broadcast: bool = false)",
        "Takes core out of the fee pool of an asset.",
        "claim_asset_fee_pool GOLD 100 true",
        |wallet, arguments| {
            let asset = wallet.asset(arguments, 0)?;
            let claim = AssetClaimPool {
                issuer: asset.issuer,
                asset_id: asset.id,
                amount_to_claim: wallet.core(arguments, 1)?,
                ..AssetClaimPool::default()
            };
            wallet.finish(vec![claim.into()], send(arguments, 2)?)
        },
    ),
    command(
        "reserve_asset(from: account, amount: amount, symbol_or_id: asset, \
         broadcast: bool = false)",
        "Burns an amount of an asset.",
        "reserve_asset ann 10 GOLD true",
        |wallet, arguments| {
            let node = wallet.node()?;
            let reserve = AssetReserve {
                payer: node.account(&arguments.text(0)?)?.id,
                amount_to_reserve: node.amount(&arguments.text(1)?, &arguments.text(2)?)?,
                ..AssetReserve::default()
            };
            wallet.finish(vec![reserve.into()], send(arguments, 3)?)
        },
    ),
    command(
        "global_settle_asset(symbol_or_id: asset, settle_price: json, broadcast: bool = false)",
        "Settles a whole SmartCoin at a price.",
        "global_settle_asset USD @price.json true",
        |wallet, arguments| {
            let asset = wallet.asset(arguments, 0)?;
            let settle = AssetGlobalSettle {
                issuer: asset.issuer,
                asset_to_settle: asset.id,
                settle_price: arguments.get(1)?,
                ..AssetGlobalSettle::default()
            };
            wallet.finish(vec![settle.into()], send(arguments, 2)?)
        },
    ),
];

impl Wallet {
    /// The asset that an argument names.
    fn asset(&self, arguments: &Arguments, at: usize) -> Result<AssetObject> {
        let ExtendedAsset { asset, .. } = self.node()?.asset(&arguments.text(at)?)?;
        Ok(asset)
    }

    /// An amount of core.
    fn core(&self, arguments: &Arguments, at: usize) -> Result<Asset> {
        self.node()?.amount(&arguments.text(at)?, &CORE.to_string())
    }
}

/// Options of a new asset; what is not said is chosen so that the chain takes it.
pub(super) fn common(given: &Value, is_bitasset: bool) -> Result<AssetOptions> {
    let mut options = AssetOptions::from_json(given)?;
    if given.get("core_exchange_rate").is_none() {
        // 1.3.1 stands for the new asset.
        let new: AssetId = carbyne_wire::Id(1);
        options.core_exchange_rate.base = Asset::core(1);
        options.core_exchange_rate.quote = Asset::new(1, new);
    }
    if is_bitasset && given.get("issuer_permissions").is_none() {
        use carbyne_protocol::ops::asset::options::flag;
        options.issuer_permissions |= flag::DISABLE_FORCE_SETTLE
            | flag::GLOBAL_SETTLE
            | flag::WITNESS_FED_ASSET
            | flag::COMMITTEE_FED_ASSET;
    }
    Ok(options)
}

fn update(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    if !arguments.value(1).is_null() {
        let why = "is no longer possible here: use update_asset_issuer";
        return Err(WalletError::argument("new_issuer", why));
    }
    let asset = wallet.asset(arguments, 0)?;
    let update = AssetUpdate {
        issuer: asset.issuer,
        asset_to_update: asset.id,
        new_options: arguments.get(2)?,
        ..AssetUpdate::default()
    };
    wallet.finish(vec![update.into()], send(arguments, 3)?)
}

fn feed_producers(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let asset = wallet.asset(arguments, 0)?;
    let node = wallet.node()?;
    let names = arguments.texts(1)?;
    let producers: Result<Vec<_>> =
        names.iter().map(|name| node.account(name).map(|account| account.id)).collect();
    let update = AssetUpdateFeedProducers {
        issuer: asset.issuer,
        asset_to_update: asset.id,
        new_feed_producers: producers?.into_iter().collect(),
        ..AssetUpdateFeedProducers::default()
    };
    wallet.finish(vec![update.into()], send(arguments, 2)?)
}

fn issue(wallet: &mut Wallet, arguments: &Arguments) -> Result<Value> {
    let asset = wallet.asset(arguments, 2)?;
    let node = wallet.node()?;
    let to = node.account(&arguments.text(0)?)?;
    let issuer = node.account(&asset.issuer.to_string())?;
    let asset_to_issue = node.amount(&arguments.text(1)?, &asset.id.to_string())?;
    let text = arguments.text(3)?;
    if !text.is_empty() {
        wallet.add_dev_key(&issuer.name.to_string())?;
    }
    let memo = wallet.memo((issuer.options.memo_key, to.options.memo_key), &text)?;
    let issue = AssetIssue {
        issuer: issuer.id,
        asset_to_issue,
        issue_to_account: to.id,
        memo,
        ..AssetIssue::default()
    };
    wallet.finish(vec![issue.into()], send(arguments, 4)?)
}
