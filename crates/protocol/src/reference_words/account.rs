//! What the reference says about accounts.

use super::Asked;
use crate::ops::account::AccountRefusal;
use crate::ops::account::create::AccountCreateRefusal;
use crate::ops::account::transfer::AccountTransferRefusal;
use crate::ops::account::update::AccountUpdateRefusal;
use crate::ops::account::upgrade::AccountUpgradeRefusal;
use crate::ops::account::whitelist::AccountWhitelistRefusal;

reference_words! { AccountRefusal {
    EmptyAuthority { asked } => "{asked}",
    AddressAuthority { asked } => "{asked}",
    ImpossibleAuthority { asked } => "{asked}",
    TooFewWitnessVotes =>
        "needed_witnesses == 0 && needed_committee == 0: May not specify fewer witnesses or \
         committee members than the number voted for.",
    TooFewCommitteeVotes =>
        "needed_witnesses == 0 && needed_committee == 0: May not specify fewer witnesses or \
         committee members than the number voted for.",
    NoTopHolders => "a.num_top_holders > 0: ",
} }

reference_words! { AccountCreateRefusal {
    NegativeFee => "fee.amount >= 0: ",
    InvalidName => "is_valid_name( name ): ",
    ReferrerPercentTooLarge => "referrer_percent <= GRAPHENE_100_PERCENT: ",
    BuybackWithSpecialAuthority { asked } => "{asked}",
    BuybackNotNull { asked } => "{asked}",
    BuybackWithoutMarkets => "n_markets > 0: ",
    BuybackOfItself => "m != extensions.value.buyback_options->asset_to_buy: ",
} }

reference_words! { AccountUpdateRefusal {
    TempAccount => "account != GRAPHENE_TEMP_ACCOUNT: ",
    NegativeFee => "fee.amount >= 0: ",
    CommitteeAccount => "account != account_id_type(): ",
    NothingToUpdate => "has_action: ",
} }

reference_words! { AccountUpgradeRefusal {
    NegativeFee => "fee.amount >= 0: ",
} }

reference_words! { AccountWhitelistRefusal {
    NegativeFee => "fee.amount >= 0: ",
    UnknownListing => "new_listing < 0x4: ",
} }

reference_words! { AccountTransferRefusal {
    NegativeFee => "fee.amount >= 0: ",
} }

questions! {
    BUYBACK_OWNER_SPECIAL = "!(extensions.value.owner_special_authority.valid()): ";
    BUYBACK_ACTIVE_SPECIAL = "!(extensions.value.active_special_authority.valid()): ";
    BUYBACK_OWNER_NULL = "owner == authority::null_authority(): ";
    BUYBACK_ACTIVE_NULL = "active == authority::null_authority(): ";
}

/// What is asked about an authority that an account is given.
pub struct AuthorityQuestions {
    /// Whether it has members.
    pub empty: Asked,
    /// Whether it names no addresses.
    pub addresses: Asked,
    /// Whether its members can satisfy it.
    pub impossible: Asked,
}

macro_rules! authority_questions {
    ($name:ident, $member:literal, $text:literal) => {
        #[allow(missing_docs)]
        pub const $name: AuthorityQuestions = AuthorityQuestions {
            empty: Asked(concat!($member, "num_auths() != 0: ")),
            addresses: Asked(concat!($member, "address_auths.size() == 0: ")),
            impossible: Asked(concat!("!", $member, "is_impossible(): cannot ", $text)),
        };
    };
}

authority_questions!(
    CREATE_OWNER,
    "owner.",
    "create an account with an impossible owner authority threshold"
);

authority_questions!(
    CREATE_ACTIVE,
    "active.",
    "create an account with an impossible active authority threshold"
);

authority_questions!(
    UPDATE_OWNER,
    "owner->",
    "update an account with an impossible owner authority threshold"
);

authority_questions!(
    UPDATE_ACTIVE,
    "active->",
    "update an account with an impossible active authority threshold"
);
