//! SameT funds: what the operations do to the state. What they say is
//! [`carbyne_protocol::ops::samet`].

pub mod borrow;
pub mod create;
pub mod delete;
pub mod repay;
pub mod update;

use crate::Ledger;
use carbyne_objects::SametFund;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId, SametFundId};
use carbyne_protocol::ops::{ExtendableResult, OperationResult};
use carbyne_protocol::reference_words::Asked;

refusals! {
    /// Why an operation about a SameT fund is refused.
    pub enum SametFundRefusal {
        /// Somebody else's fund.
        NotOwner { account: AccountId, owner: AccountId }:
            "the fund belongs to {owner}, not to {account}",
        /// Something is borrowed.
        Unpaid { fund: SametFundId, unpaid: i64, change: &'static str }:
            "{unpaid} of {fund} are borrowed: one cannot {change} it",
        /// Another asset than that of the fund.
        AssetMismatch { given: AssetId, expected: AssetId, asked: Asked }:
            "the amount is in {given}, not in {expected}",
        /// Less in the fund than is needed.
        InsufficientBalance { has: i64, needs: i64, asked: Asked }:
            "the fund has {has}, not {needs}",
        /// The fee rate as it is.
        SameFeeRate { fee_rate: u32 }: "the fee rate is {fee_rate} already",
        /// More is repaid than was borrowed.
        RepaysTooMuch { repay: i64, unpaid: i64 }: "{repay} are repaid, {unpaid} are borrowed",
        /// Too little for the use of the fund.
        InsufficientFundFee { required: u128, offered: i64 }:
            "the fund fee is {required}, {offered} are offered",
        /// Something is still borrowed at the end.
        UnpaidDebt { fund: SametFundId }:
            "what was borrowed from {fund} is not repaid at the end of the transaction",
    }
}

/// Refuses if something is borrowed from a fund, which no transaction and no proposal may leave
/// behind.
pub(crate) fn check_repaid(ledger: &Ledger) -> Result<(), Rejected> {
    match ledger.tables.samet_funds.index().first_unpaid() {
        Some(fund) => Err(SametFundRefusal::UnpaidDebt { fund }.into()),
        None => Ok(()),
    }
}

fn check_owner(fund: &SametFund, account: AccountId) -> Result<(), Rejected> {
    let owner = fund.owner_account;
    ensure!(account == owner, SametFundRefusal::NotOwner { account, owner });
    Ok(())
}

/// Refuses an amount of another asset than the fund's; `amount` is what the reference calls it.
fn check_asset(fund: &SametFund, given: AssetId, asked: Asked) -> Result<(), Rejected> {
    let expected = fund.asset_type;
    ensure!(given == expected, SametFundRefusal::AssetMismatch { given, expected, asked });
    Ok(())
}

/// The result of an operation that the owner of a fund wants to know of.
fn concerns_owner(ledger: &Ledger, fund: SametFundId) -> Result<OperationResult, Rejected> {
    let owner = ledger.get(fund)?.owner_account;
    Ok(OperationResult::Extendable(Box::new(ExtendableResult {
        impacted_accounts: Some([owner].into_iter().collect()),
        ..ExtendableResult::default()
    })))
}

#[cfg(test)]
mod tests;
