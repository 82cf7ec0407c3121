//! Asset update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::update`].

use super::check_updater;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::ops::asset::create::{check_list_members, check_list_size};
use crate::reference_words as asked;
use carbyne_objects::{AssetBitassetData, AssetDynamicData, AssetObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::options::{AssetOptions, flag};
use carbyne_protocol::ops::asset::update::AssetUpdate;
use carbyne_protocol::reference_words::Asked;

refusals! {
    /// Why an asset is not updated.
    pub enum AssetUpdateRefusal {
        /// The issuer changes by an operation of its own.
        NewIssuer { account: AccountId }: "the new issuer {account} is set by asset_update_issuer",
        /// Permissions that only SmartCoins have.
        NotABitasset { permissions: u16 }:
            "the permissions {permissions:#x} hold a bit that only SmartCoins can have",
        /// A permission that a prediction market cannot have.
        ResponseOfPredictionMarket { permissions: u16 }:
            "the permissions {permissions:#x} hold a bit that no prediction market can have",
        /// A permission that a prediction market must have.
        PredictionMarketNeverSettled { permissions: u16 }:
            "the permissions {permissions:#x} lack global_settle, which a prediction market needs",
        /// Permissions that were given up while someone holds the asset.
        PermissionsRevoked { bits: u16, current_supply: i64, asked: Asked }:
            "the permissions {bits:#x} were given up and cannot come back while {current_supply} \
             of the asset exist",
        /// Decimal places of an asset that someone holds.
        PrecisionInUse { current_supply: i64 }:
            "the decimal places cannot change while {current_supply} of the asset exist",
        /// A maximum below what exists.
        MaxSupplyTooSmall { max_supply: i64, current_supply: i64 }:
            "the maximum supply {max_supply} is below the {current_supply} that exist",
        /// Flags that the permissions do not let change.
        FlagsNotPermitted { bits: u16 }: "the permissions do not let the flags {bits:#x} change",
        /// A maximum supply that is locked.
        MaxSupplyLocked { max_supply: i64 }:
            "the maximum supply is locked and cannot become {max_supply}",
        /// Decimal places that stay the same.
        SamePrecision { precision: u8 }: "the decimal places are {precision} already",
        /// Decimal places of a prediction market.
        PrecisionOfPredictionMarket: "the decimal places of a prediction market cannot change",
        /// Decimal places of collateral.
        PrecisionOfCollateral { asset: AssetId }:
            "{asset} is backed by this asset, whose decimal places therefore cannot change",
    }
}

/// Refuses permissions that an asset of its kind cannot have, or that were given up; returns
/// those in force.
fn check_permissions(
    operation: &AssetUpdate,
    asset: &AssetObject,
    bitasset: Option<&AssetBitassetData>,
    data: &AssetDynamicData,
) -> Result<u16, Rejected> {
    let permissions = operation.new_options.issuer_permissions;
    let mut enabled = asset.options.enabled_issuer_permissions_mask();
    // Bits that count when permissions come back; the others can be corrected at any time.
    let (mut counted, mut asked) = (!0, asked::asset::REVOKED);
    match bitasset {
        None => {
            let is_uia = permissions & !flag::UIA == 0;
            ensure!(is_uia, AssetUpdateRefusal::NotABitasset { permissions });
            (counted, asked) = (flag::UIA, asked::asset::REVOKED_ON_UIA);
        }
        Some(bitasset) if bitasset.is_prediction_market => {
            ensure!(
                permissions & flag::DISABLE_BSRM_UPDATE == 0,
                AssetUpdateRefusal::ResponseOfPredictionMarket { permissions }
            );
            ensure!(
                permissions & flag::GLOBAL_SETTLE != 0,
                AssetUpdateRefusal::PredictionMarketNeverSettled { permissions }
            );
            // Where the permission was missing, it is corrected now.
            enabled |= flag::GLOBAL_SETTLE;
            (counted, asked) =
                (!flag::DISABLE_BSRM_UPDATE, asked::asset::REVOKED_ON_PREDICTION_MARKET);
        }
        Some(_) => {}
    }
    let current_supply = data.current_supply;
    let bits = operation.new_options.enabled_issuer_permissions_mask() & !enabled & counted;
    ensure!(
        current_supply == 0 || bits == 0,
        AssetUpdateRefusal::PermissionsRevoked { bits, current_supply, asked }
    );
    Ok(enabled)
}

fn check_supply(operation: &AssetUpdate, data: &AssetDynamicData) -> Result<(), Rejected> {
    let (max_supply, current_supply) = (operation.new_options.max_supply, data.current_supply);
    if current_supply != 0 {
        ensure!(
            operation.extensions.new_precision.is_none(),
            AssetUpdateRefusal::PrecisionInUse { current_supply }
        );
        ensure!(
            current_supply <= max_supply,
            AssetUpdateRefusal::MaxSupplyTooSmall { max_supply, current_supply }
        );
    }
    Ok(())
}

fn check_max_supply(operation: &AssetUpdate, asset: &AssetObject) -> Result<(), Rejected> {
    let max_supply = asset.options.max_supply;
    ensure!(
        !asset.has_flag(flag::LOCK_MAX_SUPPLY) || max_supply == operation.new_options.max_supply,
        AssetUpdateRefusal::MaxSupplyLocked { max_supply }
    );
    Ok(())
}

fn check_flags(operation: &AssetUpdate, asset: &AssetObject, enabled: u16) -> Result<(), Rejected> {
    operation.new_options.validate_flags(asset.is_market_issued())?;
    // A bit that never was a flag can be taken out whatever the permissions.
    let valid = if asset.is_market_issued() { !flag::PERMISSION_ONLY } else { flag::UIA };
    let bits = (operation.new_options.flags ^ asset.options.flags) & valid & !enabled;
    ensure!(bits == 0, AssetUpdateRefusal::FlagsNotPermitted { bits });
    Ok(())
}

fn check_precision(
    operation: &AssetUpdate,
    ledger: &Ledger,
    asset: &AssetObject,
    bitasset: Option<&AssetBitassetData>,
) -> Result<(), Rejected> {
    let Some(precision) = operation.extensions.new_precision else { return Ok(()) };
    ensure!(precision != asset.precision, AssetUpdateRefusal::SamePrecision { precision });
    ensure!(
        !bitasset.is_some_and(|bitasset| bitasset.is_prediction_market),
        AssetUpdateRefusal::PrecisionOfPredictionMarket
    );
    match ledger.tables.bitassets.index().backed_by(asset.id).next() {
        Some(backed) => {
            let asset = ledger.get(backed)?.asset_id;
            Err(AssetUpdateRefusal::PrecisionOfCollateral { asset }.into())
        }
        None => Ok(()),
    }
}

/// Cancels the orders and bids that the new flags no longer allow.
fn cancel_forbidden(operation: &AssetUpdate, ledger: &mut Ledger) -> Result<(), Rejected> {
    let asset = operation.asset_to_update;
    let old = ledger.get(asset)?.options.flags;
    let now_set = operation.new_options.flags & !old;
    if now_set & flag::DISABLE_FORCE_SETTLE != 0 {
        let index = ledger.tables.force_settlements.index();
        let orders: Vec<_> = index.of_asset(asset).map(|(_, order)| order).collect();
        orders.into_iter().try_for_each(|order| ledger.cancel_settle_order(order))?;
    }
    if now_set & flag::DISABLE_COLLATERAL_BIDDING != 0 {
        ledger.cancel_bids(asset)?;
    }
    Ok(())
}

impl Evaluate for AssetUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.asset_to_update)?;
        if let Some(account) = self.new_issuer {
            return Err(AssetUpdateRefusal::NewIssuer { account }.into());
        }
        let bitasset = match asset.is_market_issued() {
            true => Some(ledger.bitasset(asset)?),
            false => None,
        };
        let data = ledger.get(asset.dynamic_asset_data_id)?;
        let enabled = check_permissions(self, asset, bitasset, data)?;
        check_supply(self, data)?;
        check_flags(self, asset, enabled)?;
        check_updater(asset, self.issuer)?;
        check_max_supply(self, asset)?;
        check_precision(self, ledger, asset, bitasset)?;
        let AssetOptions { whitelist_authorities, blacklist_authorities, .. } = &self.new_options;
        check_list_size(ledger, whitelist_authorities, asked::asset::UPDATE_WHITELIST)?;
        check_list_members(ledger, whitelist_authorities)?;
        check_list_size(ledger, blacklist_authorities, asked::asset::UPDATE_BLACKLIST)?;
        check_list_members(ledger, blacklist_authorities)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        cancel_forbidden(self, ledger)?;
        let keeps_rate = self.extensions.skip_core_exchange_rate.is_some();
        let asset = ledger.get(self.asset_to_update)?;
        let (bitasset, old_rate) = (asset.bitasset_data_id, asset.options.core_exchange_rate);
        let new_rate = self.new_options.core_exchange_rate;
        if let Some(bitasset) = bitasset.filter(|_| !keeps_rate && old_rate != new_rate) {
            ledger.modify(bitasset, |bitasset| bitasset.asset_cer_updated = true)?;
        }
        ledger.modify(self.asset_to_update, |asset| {
            asset.precision = self.extensions.new_precision.unwrap_or(asset.precision);
            asset.options = self.new_options.clone();
            if keeps_rate {
                asset.options.core_exchange_rate = old_rate;
            }
        })?;
        Ok(OperationResult::Void)
    }
}
