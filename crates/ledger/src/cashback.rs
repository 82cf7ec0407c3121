//! How the fees an account paid are shared between the network, the lifetime referrer, the referrer
//! and the registrar (reference: `chain/account_object.cpp`).
//!
//! Invariant: the parts add up to the fee; whatever rounding leaves goes to the registrar.

use crate::Ledger;
use crate::vesting::{deposit_cashback, has_cashback_balance};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{CORE, PERCENT_100};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Shares;
use carbyne_protocol::proportion::signed_proportion;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// `percent` basis points of an amount, rounded down.
pub(crate) fn cut_fee(amount: i64, percent: u16) -> i64 {
    signed_proportion(amount, percent, PERCENT_100)
}

/// Shares out what an account has paid in fees since the last time.
pub(crate) fn process_fees(ledger: &mut Ledger, account: AccountId) -> Result<(), Rejected> {
    let mut payouts = Payouts::default();
    payouts.collect(ledger, account)?;
    payouts.pay(ledger)
}

/// Whether what is paid has to vest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Vesting,
    Vested,
}

impl Part {
    fn has_to_vest(self) -> bool {
        self == Self::Vesting
    }
}

/// One of the payments for an account's fees.
#[derive(Clone, Copy)]
struct Payment {
    payer: AccountId,
    part: Part,
    /// Which of those of the part it is.
    place: usize,
    amount: i64,
}

/// What somebody gets.
#[derive(Default)]
struct Receipt {
    /// The payment for which a balance is made; none where there is one already.
    first: Option<Payment>,
    /// All others.
    vesting: i64,
    vested: i64,
}

impl Receipt {
    fn add(&mut self, payment: &Payment) -> Result<(), Rejected> {
        let sum = match payment.part {
            Part::Vesting => &mut self.vesting,
            Part::Vested => &mut self.vested,
        };
        *sum = sum.plus(payment.amount)?;
        Ok(())
    }

    /// Pays all but the first.
    fn pay_others(&self, ledger: &mut Ledger, account: AccountId) -> Result<(), Rejected> {
        deposit_cashback(ledger, account, self.vesting, true)?;
        deposit_cashback(ledger, account, self.vested, false)
    }
}

/// Fees of any number of accounts, on their way to those who share them. All of them are paid at
/// the same time, so how much somebody gets does not depend on who comes first; only which balance
/// is made first does, and that follows the payers' names, as the reference goes through them.
#[derive(Default)]
pub(crate) struct Payouts {
    /// What the network keeps; none if nobody paid.
    network: Option<i64>,
    receipts: BTreeMap<AccountId, Receipt>,
}

impl Payouts {
    /// Takes what waits with an account.
    pub(crate) fn collect(
        &mut self,
        ledger: &mut Ledger,
        account: AccountId,
    ) -> Result<(), Rejected> {
        let statistics = ledger.statistics(account)?;
        if !statistics.has_pending_fees() {
            return Ok(());
        }
        let id = statistics.id;
        let (vesting, vested) = (statistics.pending_fees, statistics.pending_vested_fees);
        follow_membership_of_referrer(ledger, account)?;
        self.share_out(ledger, account, vesting, Part::Vesting)?;
        self.share_out(ledger, account, vested, Part::Vested)?;
        ledger.try_modify(id, |statistics| {
            let paid = vesting.plus(vested)?;
            statistics.lifetime_fees_paid = statistics.lifetime_fees_paid.plus(paid)?;
            statistics.pending_fees = 0;
            statistics.pending_vested_fees = 0;
            Ok(())
        })
    }

    fn share_out(
        &mut self,
        ledger: &Ledger,
        payer: AccountId,
        total: i64,
        part: Part,
    ) -> Result<(), Rejected> {
        let row = ledger.get(payer)?;
        let network_cut = cut_fee(total, row.network_fee_percentage);
        let lifetime_cut = cut_fee(total, row.lifetime_referrer_fee_percentage);
        let referral = total.minus(network_cut)?.minus(lifetime_cut)?;
        let referrer_cut = cut_fee(referral, row.referrer_rewards_percentage);
        let registrar_cut = referral.minus(referrer_cut)?;
        self.network = Some(self.network.unwrap_or_default().plus(network_cut)?);
        let shares = [
            (row.lifetime_referrer, lifetime_cut),
            (row.referrer, referrer_cut),
            (row.registrar, registrar_cut),
        ];
        for (place, (account, amount)) in shares.into_iter().enumerate() {
            self.note(ledger, account, Payment { payer, part, place, amount })?;
        }
        Ok(())
    }

    fn note(
        &mut self,
        ledger: &Ledger,
        account: AccountId,
        mut payment: Payment,
    ) -> Result<(), Rejected> {
        if payment.amount == 0 {
            return Ok(());
        }
        let receipt = match self.receipts.entry(account) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) if has_cashback_balance(ledger, account)? => {
                vacant.insert(Receipt::default())
            }
            Entry::Vacant(vacant) => {
                vacant.insert(Receipt { first: Some(payment), ..Receipt::default() });
                return Ok(());
            }
        };
        if let Some(first) = receipt.first.as_mut()
            && payment.payer != first.payer
            && ledger.get(payment.payer)?.name < ledger.get(first.payer)?.name
        {
            std::mem::swap(first, &mut payment);
        }
        receipt.add(&payment)
    }

    /// Pays everybody.
    pub(crate) fn pay(self, ledger: &mut Ledger) -> Result<(), Rejected> {
        let Some(network) = self.network else { return Ok(()) };
        let core = ledger.get(CORE)?.dynamic_asset_data_id;
        ledger.try_modify(core, |core| {
            core.accumulated_fees = core.accumulated_fees.plus(network)?;
            Ok(())
        })?;
        let mut with_first = Vec::new();
        for (account, receipt) in self.receipts {
            match receipt.first {
                None => receipt.pay_others(ledger, account)?,
                Some(first) => {
                    let name = ledger.get(first.payer)?.name.clone();
                    with_first.push(((name, first.part, first.place), account, first, receipt));
                }
            }
        }
        with_first.sort_by(|(left, ..), (right, ..)| left.cmp(right));
        for (_, account, first, receipt) in with_first {
            deposit_cashback(ledger, account, first.amount, first.part.has_to_vest())?;
            receipt.pay_others(ledger, account)?;
        }
        Ok(())
    }
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
