//! Asset create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::create`].

use super::AssetRefusal;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, book_fee, convert_fee};
use crate::ledger::next_id;
use crate::reference_words as asked;
use carbyne_objects::{AssetBitassetData, AssetDynamicData, AssetObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{COMMITTEE_ACCOUNT, CORE};
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::create::AssetCreate;
use carbyne_protocol::ops::asset::options::{AssetOptions, BitassetOptions};
use carbyne_protocol::reference_words::Asked;
use carbyne_wire::{FlatSet, Text};

refusals! {
    /// Why an asset is not created.
    pub enum AssetCreateRefusal {
        /// Too many accounts in a list.
        TooManyAuthorities { count: usize, max: u8, asked: Asked }:
            "{count} accounts in a list of the asset are more than {max}",
        /// An asset that exists.
        SymbolTaken { symbol: Text }: "there is an asset {symbol} already",
        /// A sub-asset of nothing.
        NoParent { symbol: Text, parent: Text }:
            "{symbol} is a sub-asset of {parent}, which does not exist",
        /// A sub-asset of another issuer's asset.
        NotParentIssuer { symbol: Text, parent: Text, name: Text }:
            "{symbol} is a sub-asset of {parent}: only {name}, its issuer, may create it",
        /// Collateral whose collateral is a SmartCoin.
        BackedTooDeep { backing: AssetId }:
            "{backing} is backed by a SmartCoin and cannot back another",
        /// Feeds that expire, or settlements that come, before the next block.
        ShorterThanBlock { seconds: u32, block_interval: u8, asked: Asked }:
            "{seconds} seconds are not longer than a block interval of {block_interval}",
        /// A prediction market whose collateral has other decimal places.
        PrecisionMismatch { precision: u8, backing: u8 }:
            "a prediction market needs the decimal places of its collateral: {precision} are not \
             {backing}",
    }
}

fn check_symbol(operation: &AssetCreate, ledger: &Ledger) -> Result<(), Rejected> {
    let assets = ledger.tables.assets.index();
    let symbol = &operation.symbol;
    ensure!(
        assets.find(symbol).is_none(),
        AssetCreateRefusal::SymbolTaken { symbol: symbol.clone() }
    );
    let Some(dot) = symbol.as_bytes().iter().rposition(|byte| *byte == b'.') else {
        return Ok(());
    };
    let parent = Text::from(symbol.as_bytes().iter().take(dot).copied().collect::<Vec<_>>());
    let Some(parent_id) = assets.find(&parent) else {
        let symbol = symbol.clone();
        return Err(AssetCreateRefusal::NoParent { symbol, parent }.into());
    };
    let name = ledger.get(operation.issuer)?.name.clone();
    ensure!(
        ledger.get(parent_id)?.issuer == operation.issuer,
        AssetCreateRefusal::NotParentIssuer { symbol: symbol.clone(), parent, name }
    );
    Ok(())
}

fn check_backing(
    operation: &AssetCreate,
    ledger: &Ledger,
    options: &BitassetOptions,
) -> Result<(), Rejected> {
    let mut asked = asked::asset::CREATE_COMMITTEE_BACKING;
    let mut last = ledger.get(options.short_backing_asset)?;
    if last.is_market_issued() {
        let backing = last.id;
        last = ledger.get(ledger.bitasset(last)?.options.short_backing_asset)?;
        ensure!(!last.is_market_issued(), AssetCreateRefusal::BackedTooDeep { backing });
        asked = asked::asset::CREATE_COMMITTEE_BACKING_BACKING;
    }
    ensure!(
        operation.issuer != COMMITTEE_ACCOUNT || last.id == CORE,
        AssetRefusal::CommitteeNeedsCore { backing: last.id, asked }
    );
    let block_interval = ledger.parameters()?.block_interval;
    let asked = asked::asset::CREATE_PERIODS;
    let seconds = options.feed_lifetime_sec.min(options.force_settlement_delay_sec);
    check_period(seconds, block_interval, asked)?;
    let (precision, backing) =
        (operation.precision, ledger.get(options.short_backing_asset)?.precision);
    ensure!(
        !operation.is_prediction_market || precision == backing,
        AssetCreateRefusal::PrecisionMismatch { precision, backing }
    );
    Ok(())
}

/// Refuses a time in which there may be no block.
pub(super) fn check_period(seconds: u32, block_interval: u8, asked: Asked) -> Result<(), Rejected> {
    ensure!(
        seconds > u32::from(block_interval),
        AssetCreateRefusal::ShorterThanBlock { seconds, block_interval, asked }
    );
    Ok(())
}

/// Refuses a list with too many accounts.
pub(super) fn check_list_size(
    ledger: &Ledger,
    list: &FlatSet<AccountId>,
    asked: Asked,
) -> Result<(), Rejected> {
    let (count, max) = (list.len(), ledger.parameters()?.maximum_asset_whitelist_authorities);
    let too_many = AssetCreateRefusal::TooManyAuthorities { count, max, asked };
    ensure!(count <= usize::from(max), too_many);
    Ok(())
}

/// Refuses a list with accounts that do not exist.
pub(super) fn check_list_members(
    ledger: &Ledger,
    list: &FlatSet<AccountId>,
) -> Result<(), Rejected> {
    list.iter().try_for_each(|account| ledger.get(*account).map(drop))
}

impl Evaluate for AssetCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        self.common_options.validate_flags(self.bitasset_opts.is_some())?;
        let AssetOptions { whitelist_authorities, blacklist_authorities, .. } =
            &self.common_options;
        check_list_size(ledger, whitelist_authorities, asked::asset::CREATE_WHITELIST)?;
        check_list_size(ledger, blacklist_authorities, asked::asset::CREATE_BLACKLIST)?;
        check_list_members(ledger, whitelist_authorities)?;
        check_list_members(ledger, blacklist_authorities)?;
        check_symbol(self, ledger)?;
        match &self.bitasset_opts {
            Some(options) => check_backing(self, ledger, options),
            None => Ok(()),
        }
    }

    /// The network gets half of the fee and an odd unit; the other half becomes the fee pool.
    fn pay_fee(&self, (): &mut (), ledger: &mut Ledger, context: &Context) -> Result<(), Rejected> {
        convert_fee(ledger, context)?;
        let to_network = context.core_fee_paid.minus(context.core_fee_paid / 2)?;
        book_fee(ledger, context.fee_payer, to_network)
    }

    fn apply(
        &self,
        (): (),
        ledger: &mut Ledger,
        context: &Context,
    ) -> Result<OperationResult, Rejected> {
        let dynamic_asset_data_id = ledger.create(AssetDynamicData {
            fee_pool: context.core_fee_paid / 2,
            ..AssetDynamicData::default()
        });
        let asset_id: AssetId = next_id(ledger);
        let bitasset_data_id = self.bitasset_opts.as_ref().map(|options| {
            ledger.create(AssetBitassetData {
                asset_id,
                options: options.clone(),
                is_prediction_market: self.is_prediction_market,
                ..AssetBitassetData::default()
            })
        });
        let mut options = self.common_options.clone();
        let rate = &mut options.core_exchange_rate;
        let new_side = if rate.base.asset_id == CORE { &mut rate.quote } else { &mut rate.base };
        new_side.asset_id = asset_id;
        let (creation_block_num, creation_time) = ledger.run.tell_block();
        let asset: AssetId = ledger.create(AssetObject {
            symbol: self.symbol.clone(),
            precision: self.precision,
            issuer: self.issuer,
            options,
            dynamic_asset_data_id,
            bitasset_data_id,
            creation_block_num,
            creation_time,
            ..AssetObject::default()
        });
        Ok(OperationResult::Object(asset.into()))
    }
}
