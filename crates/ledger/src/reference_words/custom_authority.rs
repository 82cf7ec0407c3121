//! What the reference says about custom authorities.

use crate::ops::custom_authority::CustomAuthorityRefusal;

reference_words! { CustomAuthorityRefusal {
    NotEnabled => "config.valid(): Cannot use custom authorities yet: global configuration not set",
    EndsInThePast { valid_to } =>
        "{valid_to} > now: Custom authority expiration must be in the future",
    LifetimeTooLong { valid_to } =>
        "({valid_to} - now).to_seconds() <= config->max_custom_authority_lifetime_seconds: \
         Custom authority lifetime exceeds maximum limit",
    TooManyRestrictions { asked } =>
        "restriction_count <= config->max_custom_authority_restrictions: {asked}",
    TooManyOfAccount =>
        "std::distance(range.first, range.second) < config->max_custom_authorities_per_account: \
         Cannot create custom authority: account already has maximum number",
    TooManyOfOperation =>
        "std::distance(range.first, range.second) < \
         config->max_custom_authorities_per_account_op: Cannot create custom authority: account \
         already has maximum number for this operation type",
    NotOwner { change } =>
        "old_object->account == op.account: Cannot {change} a different account's custom \
         authority",
    Unchanged { asked } => "{asked}",
    UnknownRestriction { id } =>
        "old_object->restrictions.count(id) == 1: Cannot remove restriction ID {id}: ID not found",
    NumbersOverlap =>
        "(--old_object->restrictions.end())->first < old_object->restriction_counter: LOGIC \
         ERROR: Restriction counter overlaps restrictions. Please report this error.",
} }

questions! {
    CREATE_RESTRICTIONS = "Custom authority has more than the maximum number of restrictions";
    UPDATE_RESTRICTIONS =
        "Cannot update custom authority: updated authority would exceed the maximum number of \
         restrictions";
    CREATE_VALID_TO = "op.valid_to";
    SAME_ENABLED =
        "*op.new_enabled != old_object->enabled: \
         Custom authority update specifies an enabled flag, but flag is not changed";
    SAME_VALID_FROM =
        "*op.new_valid_from != old_object->valid_from: \
         Custom authority update specifies a new valid from date, but date is not changed";
    SAME_VALID_TO =
        "*op.new_valid_to != old_object->valid_to: \
         Custom authority update specifies a new valid to date, but date is not changed";
    SAME_AUTH =
        "*op.new_auth != old_object->auth: \
         Custom authority update specifies a new authentication authority, but authority is not \
         changed";
    UPDATE_VALID_TO = "*op.new_valid_to";
    UPDATE_MERGED_PERIOD =
        "valid_from < valid_to: \
         Custom authority validity begin date must be before expiration date";
}
