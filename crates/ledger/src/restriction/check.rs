//! Whether restrictions fit the type they are about (reference: `custom_authorities/restriction_predicate.hxx`).
//!
//! Invariant: what passes here can be asked of every value of the type without a surprise.

use super::{Argument, Function, Restriction};
use crate::Rejected;
use crate::ops::Operation;
use carbyne_wire::{Field, Kind, Reflect};

refusals! {
    /// Why restrictions do not fit what they are about.
    pub enum RestrictionRefusal {
        /// No operation has that tag.
        UnknownOperation { tag: u64 } [OUT_OF_RANGE]: "there is no operation {tag}",
        /// Custom authorities cannot be about this operation.
        UnsupportedOperation { tag: u64 }: "Unsupported operation detected: {tag}",
        /// Nothing is asked where something must be.
        Empty: "Empty attribute assertions and logical OR branches are not permitted",
        /// An OR of less than two branches.
        TooFewBranches { branches: usize }:
            "Logical OR must have at least two branches, not {branches}",
        /// No member has that number.
        UnknownMember { index: u64, members: usize }: "Invalid member index {index} of {members}",
        /// The member of something that has none.
        NoMembers { index: u64 }: "Invalid restriction references member {index} of non-object type",
        /// No function has that number.
        UnknownFunction { function: u64 }: "Invalid function type {function} on restriction",
        /// The function takes no such argument, or cannot compare it with the member.
        WrongTypes { function: u64, argument: u64 }:
            "Invalid types for predicate: function {function} with argument {argument}",
        /// A choice is asked about of what is none.
        NotAChoice { index: u64 }: "Invalid variant assertion on non-variant field {index}",
        /// The choice has no such tag.
        UnknownChoice { tag: i64 } [OUT_OF_RANGE]: "there is no choice {tag}",
    }
}

/// Tags of the operations that custom authorities can be about, in order.
const SUPPORTED: [u64; 18] = [0, 1, 2, 3, 5, 6, 10, 13, 14, 15, 19, 21, 32, 33, 38, 49, 50, 52];

/// Refuses restrictions that do not fit the operation with that tag.
pub fn check(restrictions: &[Restriction], operation: u64) -> Result<(), Rejected> {
    let place = Operation::TABLE.iter().position(|(tag, ..)| *tag == operation);
    let place = place.ok_or(RestrictionRefusal::UnknownOperation { tag: operation })?;
    ensure!(
        SUPPORTED.binary_search(&operation).is_ok(),
        RestrictionRefusal::UnsupportedOperation { tag: operation }
    );
    let kind = choice(&Operation::kind(), place);
    let kind = kind.ok_or(RestrictionRefusal::UnknownOperation { tag: operation })?;
    check_all(restrictions, &kind)
}

fn choice(kind: &Kind, place: usize) -> Option<Kind> {
    match kind {
        Kind::Choice(choices) => choices().get(place).map(|choice| (choice.kind)()),
        _ => None,
    }
}

fn check_some(restrictions: &[Restriction], object: &Kind) -> Result<(), Rejected> {
    ensure!(!restrictions.is_empty(), RestrictionRefusal::Empty);
    check_all(restrictions, object)
}

fn check_all(restrictions: &[Restriction], object: &Kind) -> Result<(), Rejected> {
    restrictions.iter().try_for_each(|restriction| match Function::of(restriction) {
        Some(Function::LogicalOr) => check_branches(restriction, object),
        function => {
            let member = member(restriction, object)?;
            check_member(restriction, function, &member)
        }
    })
}

fn check_branches(restriction: &Restriction, object: &Kind) -> Result<(), Rejected> {
    let Argument::Branches(branches) = &restriction.argument else {
        return Err(wrong_types(restriction));
    };
    let count = branches.len();
    ensure!(count > 1, RestrictionRefusal::TooFewBranches { branches: count });
    branches.iter().try_for_each(|branch| check_some(branch, object))
}

/// The kind of the member a restriction names.
fn member(restriction: &Restriction, object: &Kind) -> Result<Kind, Rejected> {
    let index = restriction.member_index.0;
    let fields: &[Field] = match object {
        Kind::Struct(fields) | Kind::Extension(fields) => fields(),
        _ => &[],
    };
    ensure!(!fields.is_empty(), RestrictionRefusal::NoMembers { index });
    let field = usize::try_from(index).ok().and_then(|index| fields.get(index));
    let unknown = RestrictionRefusal::UnknownMember { index, members: fields.len() };
    Ok((field.ok_or(unknown)?.kind)())
}

fn check_member(
    restriction: &Restriction,
    function: Option<Function>,
    member: &Kind,
) -> Result<(), Rejected> {
    let unknown = RestrictionRefusal::UnknownFunction { function: restriction.restriction_type.0 };
    match function.ok_or(unknown)? {
        Function::Attr => check_attributes(restriction, member),
        Function::VariantAssert => check_choice(restriction, member),
        function => {
            let fits = fits(function, member, restriction.argument.tag());
            ensure!(fits, wrong_types(restriction));
            Ok(())
        }
    }
}

fn wrong_types(restriction: &Restriction) -> Rejected {
    let function = restriction.restriction_type.0;
    RestrictionRefusal::WrongTypes { function, argument: restriction.argument.tag() }.into()
}

fn check_attributes(restriction: &Restriction, member: &Kind) -> Result<(), Rejected> {
    let Argument::Attributes(restrictions) = &restriction.argument else {
        return Err(wrong_types(restriction));
    };
    check_some(restrictions, &without_option(member))
}

fn check_choice(restriction: &Restriction, member: &Kind) -> Result<(), Rejected> {
    let Argument::Choice((tag, restrictions)) = &restriction.argument else {
        return Err(wrong_types(restriction));
    };
    let member = without_option(member);
    let index = restriction.member_index.0;
    ensure!(matches!(member, Kind::Choice(_)), RestrictionRefusal::NotAChoice { index });
    let chosen = usize::try_from(*tag).ok().and_then(|tag| choice(&member, tag));
    check_all(restrictions, &chosen.ok_or(RestrictionRefusal::UnknownChoice { tag: *tag })?)
}

fn without_option(kind: &Kind) -> Kind {
    match kind {
        Kind::Optional(inner) => inner(),
        other => *other,
    }
}

/// Whether a function can compare a member with an argument of that tag.
fn fits(function: Function, member: &Kind, argument: u64) -> bool {
    let Some(argument) =
        usize::try_from(argument).ok().and_then(|tag| choice(&Argument::kind(), tag))
    else {
        return false;
    };
    match (function, argument) {
        (Function::Eq | Function::Ne, argument) => fits_equality(member, &argument),
        (Function::Lt | Function::Le | Function::Gt | Function::Ge, argument) => {
            is_ordered(&argument) && is_comparable(&without_option(member), &argument)
        }
        (Function::In | Function::NotIn, Kind::Set(element)) => fits_inclusion(member, &element()),
        (Function::HasAll | Function::HasNone, Kind::Set(element)) => {
            element_of(&without_option(member))
                .is_some_and(|inner| is_comparable(&inner, &element()))
        }
        _ => false,
    }
}

fn fits_equality(member: &Kind, argument: &Kind) -> bool {
    match (member, argument) {
        (Kind::Optional(_), Kind::Void) => true,
        (Kind::Optional(inner), _) => is_comparable(&inner(), argument),
        (_, Kind::Int { .. }) if element_of(member).is_some() => true,
        _ => is_comparable(member, argument),
    }
}

fn fits_inclusion(member: &Kind, element: &Kind) -> bool {
    is_comparable(&without_option(member), element)
        || element_of(member).is_some_and(|inner| is_comparable(&inner, element))
}

/// What a container holds; texts and bytes hold small signed integers.
fn element_of(kind: &Kind) -> Option<Kind> {
    match kind {
        Kind::Text | Kind::Bytes => Some(Kind::Int { bits: 8, signed: true }),
        Kind::Sequence(element) | Kind::Set(element) => Some(element()),
        _ => None,
    }
}

/// Whether values of two kinds can be equal: the same kind, or both integers of fixed width.
fn is_comparable(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Int { .. }, Kind::Int { .. })
        | (Kind::Bool, Kind::Bool)
        | (Kind::Text, Kind::Text)
        | (Kind::Time, Kind::Time)
        | (Kind::Key, Kind::Key) => true,
        (Kind::Id { space: a, type_: b }, Kind::Id { space: c, type_: d }) => (a, b) == (c, d),
        (Kind::Digest(one), Kind::Digest(other)) => one == other,
        (Kind::Set(one), Kind::Set(other)) => is_same(&one(), &other()),
        _ => false,
    }
}

/// Whether two kinds of elements are one type.
fn is_same(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Int { bits: a, signed: b }, Kind::Int { bits: c, signed: d }) => (a, b) == (c, d),
        _ => is_comparable(one, other),
    }
}

/// Whether arguments of this kind can be greater or less.
fn is_ordered(argument: &Kind) -> bool {
    matches!(argument, Kind::Int { .. } | Kind::Text | Kind::Time | Kind::Id { .. })
}
