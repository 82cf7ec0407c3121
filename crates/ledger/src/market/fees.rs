//! Market fees: what the receiver of a fill pays to the issuer of what it receives, and who gets a
//! share of it (BSIPs 43, 81, 86); and the fees that issuers of SmartCoins take in collateral (BSIP
//! 87).
//!
//! Invariant: the fee is taken from what is received, so the shares always add up to it. Whoever
//! trades is not known here, only who pays.

use crate::Ledger;
use crate::evaluate::is_authorized_asset;
use crate::ledger::LedgerRefusal;
use crate::vesting::deposit_market_fee_vesting_balance;
use carbyne_objects::{Account, AssetObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{COMMITTEE_ACCOUNT, MAX_SHARE_SUPPLY, TEMP_ACCOUNT};
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::proportion::basis_points;

refusals! {
    /// Why a fee cannot be taken.
    pub enum MarketFeeRefusal {
        /// A part that is larger than any amount.
        PartTooLarge { amount: i64, percent: u16 }:
            "{percent} basis points of {amount} are above the greatest possible supply",
    }
}

/// `percent` basis points of an amount, rounded down.
pub fn percent_of(amount: i64, percent: u16) -> Result<i64, Rejected> {
    let part = basis_points(amount as u128, percent);
    ensure!(part <= MAX_SHARE_SUPPLY as u128, MarketFeeRefusal::PartTooLarge { amount, percent });
    Ok(part as i64)
}

/// The fee on receiving `amount` of `asset` in a trade. Takers pay the makers' percentage where
/// they have none of their own (BSIP 81).
pub fn calculate_market_fee(
    ledger: &Ledger,
    asset: AssetId,
    amount: Asset,
    is_maker: bool,
) -> Result<Asset, Rejected> {
    market_fee(ledger.get(asset)?, amount, is_maker)
}

fn market_fee(asset: &AssetObject, amount: Asset, is_maker: bool) -> Result<Asset, Rejected> {
    let options = &asset.options;
    let percent = match options.extensions.taker_fee_percent {
        Some(taker_percent) if !is_maker => taker_percent,
        _ => options.market_fee_percent,
    };
    if percent == 0 || !asset.charges_market_fees() {
        return Ok(asset.amount(0));
    }
    let fee = percent_of(amount.amount, percent)?;
    Ok(asset.amount(fee.min(options.max_market_fee)))
}

/// Takes the fee on receiving `receives`, unless it is `calculated` already, shares it out and
/// returns it. The network has its part first, then the registrar and the referrer of the seller,
/// the issuer what is left.
pub fn pay_market_fees(
    ledger: &mut Ledger,
    seller: Option<AccountId>,
    recv_asset: AssetId,
    receives: Asset,
    is_maker: bool,
    calculated: Option<Asset>,
) -> Result<Asset, Rejected> {
    let asset = ledger.get(recv_asset)?;
    let fee = match calculated {
        Some(fee) => fee,
        None => market_fee(asset, receives, is_maker)?,
    };
    let what = "a market fee is above what it is taken from";
    ensure!(fee.minus(receives)?.amount <= 0, LedgerRefusal::Contradiction { what });
    if fee.amount <= 0 {
        return Ok(fee);
    }
    let network_share = pay_network(ledger, fee)?;
    let rest = fee.amount.minus(network_share)?;
    let reward = pay_rewards(ledger, seller, recv_asset, rest)?;
    if rest > reward {
        let data = ledger.get(recv_asset)?.dynamic_asset_data_id;
        ledger.try_modify(data, |data| {
            data.accumulated_fees = data.accumulated_fees.plus(rest.minus(reward)?)?;
            Ok(())
        })?;
    }
    Ok(fee)
}

fn pay_network(ledger: &mut Ledger, fee: Asset) -> Result<i64, Rejected> {
    let percent = ledger.parameters()?.extensions.market_fee_network_percent.unwrap_or(0);
    let share = percent_of(fee.amount, percent)?;
    let deposit = Asset::new(share, fee.asset_id);
    deposit_market_fee_vesting_balance(ledger, COMMITTEE_ACCOUNT, deposit)?;
    Ok(share)
}

/// Who is rewarded for having brought an account, and how much each.
#[derive(Clone, Copy, Debug, Default)]
struct Rewards {
    registrar: AccountId,
    registrar_reward: i64,
    referrer: AccountId,
    referrer_reward: i64,
}

/// Pays registrar and referrer their part of a fee, in smallest units of `asset`, and returns the
/// sum.
fn pay_rewards(
    ledger: &mut Ledger,
    seller: Option<AccountId>,
    asset: AssetId,
    fee: i64,
) -> Result<i64, Rejected> {
    let Some(seller) = seller else { return Ok(0) };
    if fee == 0 {
        return Ok(0);
    }
    let rewards = share_rewards(ledger, ledger.get(seller)?, ledger.get(asset)?, fee)?;
    let deposits = [
        (rewards.referrer, rewards.referrer_reward),
        (rewards.registrar, rewards.registrar_reward),
    ];
    for (account, amount) in deposits {
        deposit_market_fee_vesting_balance(ledger, account, Asset::new(amount, asset))?;
    }
    rewards.registrar_reward.plus(rewards.referrer_reward)
}

fn share_rewards(
    ledger: &Ledger,
    seller: &Account,
    asset: &AssetObject,
    fee: i64,
) -> Result<Rewards, Rejected> {
    let options = &asset.options.extensions;
    let sharing = options.whitelist_market_fee_sharing.as_ref();
    let is_shared = sharing.is_none_or(|list| list.is_empty() || list.contains(&seller.registrar));
    let percent = options.reward_percent.unwrap_or(0);
    if !is_shared || percent == 0 {
        return Ok(Rewards::default());
    }
    let reward = percent_of(fee, percent)?;
    if reward == 0 || !is_authorized_asset(ledger.get(seller.registrar)?, asset) {
        return Ok(Rewards::default());
    }
    let (registrar, referrer) = (stand_in(seller.registrar), stand_in(seller.referrer));
    let mut referrer_reward = 0;
    if referrer != registrar {
        let part = percent_of(reward, seller.referrer_rewards_percentage)?;
        if part > 0 && is_authorized_asset(ledger.get(referrer)?, asset) {
            referrer_reward = part;
        }
    }
    let registrar_reward = reward.minus(referrer_reward)?;
    Ok(Rewards { registrar, registrar_reward, referrer, referrer_reward })
}

/// What would go to the account that anybody controls goes to the committee.
fn stand_in(account: AccountId) -> AccountId {
    if account == TEMP_ACCOUNT { COMMITTEE_ACCOUNT } else { account }
}

/// Takes the issuer's fee on a force settlement of `debt_asset` that brings `receives` collateral,
/// and returns it.
pub(crate) fn pay_force_settle_fees(
    ledger: &mut Ledger,
    debt_asset: AssetId,
    receives: Asset,
) -> Result<Asset, Rejected> {
    let bitasset = super::bitasset(ledger, debt_asset)?;
    let percent = bitasset.options.extensions.force_settle_fee_percent.unwrap_or(0);
    let fee = percent_of(receives.amount, percent)?;
    accumulate_collateral_fee(ledger, debt_asset, fee)?;
    Ok(Asset::new(fee, receives.asset_id))
}

/// Adds a fee, in smallest units of its collateral, to what the issuer of a SmartCoin may claim.
pub(crate) fn accumulate_collateral_fee(
    ledger: &mut Ledger,
    debt_asset: AssetId,
    fee: i64,
) -> Result<(), Rejected> {
    if fee == 0 {
        return Ok(());
    }
    ensure!(fee > 0, LedgerRefusal::Contradiction { what: "a fee of collateral is negative" });
    let data = ledger.get(debt_asset)?.dynamic_asset_data_id;
    ledger.try_modify(data, |data| {
        data.accumulated_collateral_fees = data.accumulated_collateral_fees.plus(fee)?;
        Ok(())
    })
}
