//! What the reference says about restrictions of custom authorities.

use crate::restriction::check::RestrictionRefusal;

reference_words! { RestrictionRefusal {
    UnknownOperation => "Invalid index to fc::typelist::runtime::dispatch(): ",
    UnsupportedOperation => "Unsupported operation detected!",
    Empty => "!rs.empty(): Empty attribute assertions and logical OR branches are not permitted",
    TooFewBranches => "rs.size() > 1: Logical OR must have at least two branches",
    UnknownMember { index, object } =>
        "r.member_index < static_cast<uint64_t>(typelist::length<member_list>()): Invalid member \
         index {index} for object graphene::protocol::{object}",
    NoMembers => "Invalid restriction references member of non-object type: ",
    UnknownFunction => "Invalid function type on restriction",
    WrongArgument { asked } => "{asked}",
    UnsupportedArgument { argument } =>
        "Cannot import unsupported type {argument} into static_variant",
    WrongTypes => "Invalid types for predicate",
    NotAChoice => "Invalid variant assertion on non-variant field",
    UnknownChoice => "Invalid index to fc::typelist::runtime::dispatch(): ",
    NegativeChoice => "Negative index to fc::typelist::runtime::dispatch(): ",
} }

questions! {
    OR_ARGUMENT =
        "r.argument.which() == restriction_argument::tag<vector<vector<restriction>>>::value: \
         Restriction argument for logical OR function type must be list of restriction lists.";
    ATTRIBUTE_ARGUMENT =
        "arg.which() == restriction_argument::tag<vector<restriction>>::value: Argument type for \
         attribute assertion must be restriction list";
    CHOICE_ARGUMENT =
        "arg.which() == \
         restriction_argument::tag<restriction::variant_assert_argument_type>::value: Argument \
         type for attribute assertion must be pair of variant tag and restriction list";
}
