//! SameT funds (reference: `chain/samet_fund_object.hpp`).

use super::{Run, all_of};
use carbyne_graph::Index;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{Id, Wire};
use std::collections::BTreeSet;

/// A fund that anybody may borrow from, if it is paid back in the same transaction.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SametFund {
    /// Id.
    pub id: SametFundId,
    /// Whose.
    pub owner_account: AccountId,
    /// Of what.
    pub asset_type: AssetId,
    /// Size of the fund, what is borrowed included, in smallest units.
    pub balance: i64,
    /// Fee on what is borrowed, in millionths.
    pub fee_rate: u32,
    /// What is borrowed, in smallest units; zero outside transactions.
    pub unpaid_amount: i64,
}
object! {
    SametFund, SametFundIndex,
    holds |fund, _assets, sheet| {
        let lendable = fund.balance.saturating_sub(fund.unpaid_amount);
        sheet.hold(Asset::new(lendable, fund.asset_type));
    },
    concerns [owner_account]
}

/// Funds by owner and asset, and those that something is borrowed from.
#[derive(Clone, Debug, Default)]
pub struct SametFundIndex {
    unpaid: BTreeSet<u64>,
    by_owner: BTreeSet<(AccountId, u64)>,
    by_asset_type: BTreeSet<(AssetId, u64)>,
}

impl SametFundIndex {
    /// A fund that something is borrowed from, if there is one.
    pub fn first_unpaid(&self) -> Option<SametFundId> {
        self.unpaid.first().map(|instance| Id(*instance))
    }

    /// The funds of an account, oldest first.
    pub fn of_owner(&self, owner: AccountId) -> Run<'_, AccountId, 1, 20> {
        all_of(&self.by_owner, owner)
    }

    /// The funds of an asset, oldest first.
    pub fn of_asset(&self, asset: AssetId) -> Run<'_, AssetId, 1, 20> {
        all_of(&self.by_asset_type, asset)
    }
}

/// What the place of a fund in its indexes depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SametFundKeys {
    is_unpaid: bool,
    owner: AccountId,
    asset_type: AssetId,
}

impl Index<SametFund> for SametFundIndex {
    type Keys = SametFundKeys;
    fn keys(row: &SametFund) -> SametFundKeys {
        SametFundKeys {
            is_unpaid: row.unpaid_amount != 0,
            owner: row.owner_account,
            asset_type: row.asset_type,
        }
    }
    fn insert(&mut self, instance: u64, keys: SametFundKeys) {
        if keys.is_unpaid {
            self.unpaid.insert(instance);
        }
        self.by_owner.insert((keys.owner, instance));
        self.by_asset_type.insert((keys.asset_type, instance));
    }
    fn remove(&mut self, instance: u64, keys: SametFundKeys) {
        if keys.is_unpaid {
            self.unpaid.remove(&instance);
        }
        self.by_owner.remove(&(keys.owner, instance));
        self.by_asset_type.remove(&(keys.asset_type, instance));
    }
}
