//! What the reference says about custom authorities.

use crate::ops::custom_authority::CustomAuthorityRefusal;

reference_words! { CustomAuthorityRefusal {
    NegativeFee => "fee.amount >= 0: Fee amount can not be negative",
    SpecialAccount { asked } => "{asked}",
    EmptyPeriod { asked } => "{asked}",
    AddressAuthorities { asked } => "{asked}",
    Impossible { asked } => "{asked}",
    NothingToUpdate =>
        "new_enabled.valid() || new_valid_from.valid() || new_valid_to.valid() || \
         new_auth.valid() || !restrictions_to_remove.empty() || !restrictions_to_add.empty(): \
         Must update something",
} }

questions! {
    CREATE_ACCOUNT =
        "account != GRAPHENE_TEMP_ACCOUNT && account != GRAPHENE_COMMITTEE_ACCOUNT && account != \
         GRAPHENE_WITNESS_ACCOUNT && account != GRAPHENE_RELAXED_COMMITTEE_ACCOUNT: Can not \
         create custom authority for special accounts";
    UPDATE_ACCOUNT =
        "account != GRAPHENE_TEMP_ACCOUNT && account != GRAPHENE_COMMITTEE_ACCOUNT && account != \
         GRAPHENE_WITNESS_ACCOUNT && account != GRAPHENE_RELAXED_COMMITTEE_ACCOUNT: Can not \
         create custom authority for special accounts";
    DELETE_ACCOUNT =
        "account != GRAPHENE_TEMP_ACCOUNT && account != GRAPHENE_COMMITTEE_ACCOUNT && account != \
         GRAPHENE_WITNESS_ACCOUNT && account != GRAPHENE_RELAXED_COMMITTEE_ACCOUNT: Can not \
         delete custom authority for special accounts";
    CREATE_PERIOD = "valid_from < valid_to: valid_from must be earlier than valid_to";
    UPDATE_PERIOD = "*new_valid_from < *new_valid_to: valid_from must be earlier than valid_to";
    CREATE_ADDRESSES = "auth.address_auths.size() == 0: Address authorities are not supported";
    UPDATE_ADDRESSES = "new_auth->address_auths.size() == 0: Address auth is not supported";
    CREATE_IMPOSSIBLE = "!auth.is_impossible(): Cannot use an imposible authority threshold";
    UPDATE_IMPOSSIBLE = "!new_auth->is_impossible(): Cannot use an impossible authority threshold";
}
