//! Title accept: buys an account that is offered and gives it new authorities.
//!
//! Signed by: the active authority of `buyer`, who pays the fee.

use crate::Rejected;
use crate::authority::Authority;
use crate::contract::{check_fee, different, fits, maybe_amount};
use crate::ids::{AccountId, TitleOfferId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_crypto::PublicKey;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Buys an account.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TitleAccept {
    /// Fee, paid by `buyer`.
    pub fee: Asset,
    /// Who buys.
    pub buyer: AccountId,
    /// The offer.
    pub offer: TitleOfferId,
    /// What is bought, again.
    pub account: AccountId,
    /// What it costs, again.
    pub price: Asset,
    /// Who may change everything from now on.
    pub owner: Authority,
    /// Who may act in daily business from now on.
    pub active: Authority,
    /// Key others encrypt memos with from now on.
    pub memo_key: PublicKey,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct TitleAcceptFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

/// Refuses an authority that nobody can use, that names addresses, or the account itself.
fn validate_authority(authority: &Authority, account: AccountId) -> Result<(), Rejected> {
    fits(authority.weight_threshold > 0, "an authority needs the agreement of somebody")?;
    fits(!authority.is_impossible(), "all members of an authority do not reach its threshold")?;
    fits(authority.address_auths.is_empty(), "an authority may not name addresses")?;
    let names_itself = authority.account_auths.keys().any(|member| *member == account);
    fits(!names_itself, "the account may not stand in its own authority")
}

impl Stateless for TitleAccept {
    const NAME: &'static str = "title_accept";
    type Fee = TitleAcceptFee;

    paid_by!(buyer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        different(&[self.buyer, self.account])?;
        maybe_amount("price", self.price.amount)?;
        validate_authority(&self.owner, self.account)?;
        validate_authority(&self.active, self.account)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.buyer, self.account]);
        for authority in [&self.owner, &self.active] {
            accounts.extend(authority.account_auths.keys().copied());
        }
    }
}
