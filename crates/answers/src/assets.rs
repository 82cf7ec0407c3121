//! Assets and who holds them.

use carbyne_objects::AssetObject;
use carbyne_protocol::ids::AccountId;
use carbyne_wire::{Text, Wire};

/// An asset with what is locked as collateral, in smallest units (reference:
/// `extended_asset_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ExtendedAsset {
    /// The asset.
    #[wire(base)]
    pub asset: AssetObject,
    /// How much of it is collateral of debt positions.
    pub total_in_collateral: i64,
    /// How much backs it, if it is a SmartCoin.
    pub total_backing_collateral: Option<i64>,
}

/// Who holds an asset (reference: `account_asset_balance`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct AssetHolder {
    /// Name of the account.
    pub name: Text,
    /// The account.
    pub account_id: AccountId,
    /// How much, in smallest units.
    pub amount: i64,
}
