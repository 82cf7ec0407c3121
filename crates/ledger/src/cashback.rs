//! How the fees an account paid are shared between the network, the lifetime referrer, the referrer
//! and the registrar (reference: `chain/account_object.cpp`).
//!
//! Invariant: the parts add up to the fee; whatever rounding leaves goes to the registrar.

use crate::Ledger;
use crate::vesting::deposit_cashback;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{CORE, PERCENT_100};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Shares;
use carbyne_protocol::proportion::signed_proportion;

/// `percent` basis points of an amount, rounded down.
pub(crate) fn cut_fee(amount: i64, percent: u16) -> i64 {
    signed_proportion(amount, percent, PERCENT_100)
}

/// Shares out what an account has paid in fees since the last time.
pub(crate) fn process_fees(ledger: &mut Ledger, account: AccountId) -> Result<(), Rejected> {
    let statistics = ledger.statistics(account)?;
    let id = statistics.id;
    let (vesting, vested) = (statistics.pending_fees, statistics.pending_vested_fees);
    if vesting <= 0 && vested <= 0 {
        return Ok(());
    }
    pay_out_fees(ledger, account, vesting, true)?;
    pay_out_fees(ledger, account, vested, false)?;
    ledger.try_modify(id, |statistics| {
        let paid = vesting.plus(vested)?;
        statistics.lifetime_fees_paid = statistics.lifetime_fees_paid.plus(paid)?;
        statistics.pending_fees = 0;
        statistics.pending_vested_fees = 0;
        Ok(())
    })
}

fn pay_out_fees(
    ledger: &mut Ledger,
    account: AccountId,
    total: i64,
    require_vesting: bool,
) -> Result<(), Rejected> {
    follow_membership_of_referrer(ledger, account)?;
    let row = ledger.get(account)?;
    let (registrar, referrer, lifetime_referrer) =
        (row.registrar, row.referrer, row.lifetime_referrer);
    let network_cut = cut_fee(total, row.network_fee_percentage);
    let lifetime_cut = cut_fee(total, row.lifetime_referrer_fee_percentage);
    let referral = total.minus(network_cut)?.minus(lifetime_cut)?;
    let referrer_cut = cut_fee(referral, row.referrer_rewards_percentage);
    let registrar_cut = referral.minus(referrer_cut)?;

    let core = ledger.get(CORE)?.dynamic_asset_data_id;
    ledger.try_modify(core, |core| {
        core.accumulated_fees = core.accumulated_fees.plus(network_cut)?;
        Ok(())
    })?;
    deposit_cashback(ledger, lifetime_referrer, lifetime_cut, require_vesting)?;
    deposit_cashback(ledger, referrer, referrer_cut, require_vesting)?;
    deposit_cashback(ledger, registrar, registrar_cut, require_vesting)
}

/// Gives the part of a referrer whose membership ended to the lifetime referrer, for good.
/// Registrars are lifetime members, so nobody need ask about them.
fn follow_membership_of_referrer(ledger: &mut Ledger, account: AccountId) -> Result<(), Rejected> {
    let referrer = ledger.get(ledger.get(account)?.referrer)?;
    if referrer.is_basic_account(ledger.head_time()?) {
        ledger.modify(account, |account| account.referrer = account.lifetime_referrer)?;
    }
    Ok(())
}
