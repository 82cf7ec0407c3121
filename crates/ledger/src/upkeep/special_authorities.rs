//! Accounts controlled by the largest holders of an asset (reference: `chain/db_maint.cpp`,
//! `update_top_n_authorities`).

use super::weights::Weights;
use crate::Ledger;
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::{SpecialAuthority, TopHolders};
use carbyne_protocol::ids::{AccountId, AssetId};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Bit of `top_n_control_flags`: the owner authority follows holders.
const TOP_N_CONTROL_OWNER: u8 = 1;
/// Bit of `top_n_control_flags`: the active authority follows holders.
const TOP_N_CONTROL_ACTIVE: u8 = 2;

/// Holders of assets, the largest first.
type Holders = BTreeMap<AssetId, Vec<(Reverse<i64>, AccountId)>>;

/// Renews every authority that follows holders.
pub(super) fn update_top_n_authorities(ledger: &mut Ledger) -> Result<(), Rejected> {
    let special = ledger.tables.special_authorities.iter();
    let accounts: Vec<AccountId> = special.map(|special| special.account).collect();
    let holders = holders_of(ledger, &wanted_assets(ledger, &accounts)?);
    for account in accounts {
        let row = ledger.get(account)?;
        let owner = top_holders(account, &row.extras.owner_special_authority, &holders);
        let active = top_holders(account, &row.extras.active_special_authority, &holders);
        for (weights, flag) in [(owner, TOP_N_CONTROL_OWNER), (active, TOP_N_CONTROL_ACTIVE)] {
            let Some(authority) = weights.and_then(Weights::majority) else { continue };
            ledger.modify(account, |account| {
                account.extras.top_n_control_flags |= flag;
                match flag {
                    TOP_N_CONTROL_OWNER => account.owner = authority,
                    _ => account.active = authority,
                }
            })?;
        }
    }
    Ok(())
}

fn wanted_assets(ledger: &Ledger, accounts: &[AccountId]) -> Result<Vec<AssetId>, Rejected> {
    let mut assets = Vec::new();
    for account in accounts {
        let account = ledger.get(*account)?;
        for special in
            [&account.extras.owner_special_authority, &account.extras.active_special_authority]
        {
            if let SpecialAuthority::TopHolders(top) = special {
                assets.push(top.asset);
            }
        }
    }
    Ok(assets)
}

/// Such accounts are few: one walk over all balances serves all of them.
fn holders_of(ledger: &Ledger, assets: &[AssetId]) -> Holders {
    let mut holders: Holders = assets.iter().map(|asset| (*asset, Vec::new())).collect();
    if !holders.is_empty() {
        for balance in ledger.tables.balances.iter() {
            if let Some(list) = holders.get_mut(&balance.asset_type) {
                list.push((Reverse(balance.balance), balance.owner));
            }
        }
    }
    holders.values_mut().for_each(|list| list.sort_unstable());
    holders
}

/// The account itself is never one of its holders.
fn top_holders(
    account: AccountId,
    special: &SpecialAuthority,
    holders: &Holders,
) -> Option<Weights> {
    let SpecialAuthority::TopHolders(TopHolders { asset, num_top_holders }) = special else {
        return None;
    };
    let mut weights = Weights::default();
    let others = holders.get(asset)?.iter().filter(|(_, owner)| *owner != account);
    for (Reverse(balance), owner) in others.take(usize::from(*num_top_holders)) {
        weights.add(*owner, *balance as u64);
    }
    Some(weights)
}
