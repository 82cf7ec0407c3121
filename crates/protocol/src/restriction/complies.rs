//! Whether an operation complies with restrictions (reference:
//! `custom_authorities/restriction_predicate.hxx`).
//!
//! Invariant: an answer for every operation. What [`check`](super::check) would refuse is never
//! complied with.

use super::{Argument, Function, Restriction};
use crate::ops::Operation;
use carbyne_wire::{DynReflect, Reflect, View};
use std::cmp::Ordering;

/// Whether an operation complies with all of `restrictions`, which were checked for its tag.
pub fn complies<'a>(
    operation: &Operation,
    restrictions: impl IntoIterator<Item = &'a Restriction>,
) -> bool {
    match operation.view() {
        View::Choice(_, operation) => all_hold(restrictions, &operation.dyn_view()),
        _ => false,
    }
}

fn all_hold<'a>(
    restrictions: impl IntoIterator<Item = &'a Restriction>,
    object: &View<'_>,
) -> bool {
    restrictions.into_iter().all(|restriction| holds(restriction, object))
}

fn holds(restriction: &Restriction, object: &View<'_>) -> bool {
    let argument = &restriction.argument;
    let function = Function::of(restriction);
    if let (Some(Function::LogicalOr), Argument::Branches(branches)) = (function, argument) {
        return branches.iter().any(|branch| all_hold(branch, object));
    }
    let (View::Struct(members), Some(function)) = (object, function) else { return false };
    let index = usize::try_from(restriction.member_index.0).ok();
    let Some(member) = index.and_then(|index| members.member(index)) else { return false };
    match (function, argument) {
        (Function::Attr, Argument::Attributes(restrictions)) => {
            present(member).is_some_and(|member| all_hold(restrictions, &member))
        }
        (Function::VariantAssert, Argument::Choice((tag, restrictions))) => match present(member) {
            Some(View::Choice(chosen, value)) => {
                i64::try_from(chosen) == Ok(*tag) && all_hold(restrictions, &value.dyn_view())
            }
            _ => false,
        },
        _ => compares(function, member, argument),
    }
}

/// The value, unless it is optional and not there.
fn present(view: View<'_>) -> Option<View<'_>> {
    match view {
        View::Optional(value) => value.map(DynReflect::dyn_view),
        other => Some(other),
    }
}

fn compares(function: Function, member: View<'_>, argument: &Argument) -> bool {
    let of_texts = matches!(argument, Argument::Texts(_));
    let View::Choice(_, argument) = argument.view() else { return false };
    let argument = argument.dyn_view();
    match function {
        Function::Eq => is_equal(member, &argument),
        Function::Ne => !is_equal(member, &argument),
        Function::Lt => order(member, &argument).is_lt(),
        Function::Le => order(member, &argument).is_le(),
        Function::Gt => order(member, &argument).is_gt(),
        Function::Ge => order(member, &argument).is_ge(),
        _ => match argument {
            View::Sequence(set) => contains(function, member, &set, of_texts),
            _ => false,
        },
    }
}

fn is_equal(member: View<'_>, argument: &View<'_>) -> bool {
    if let (View::Optional(value), View::Void) = (&member, argument) {
        return value.is_none();
    }
    let Some(member) = present(member) else { return false };
    match (&member, argument) {
        (View::Sequence(one), View::Sequence(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(a, b)| compare(&a.dyn_view(), &b.dyn_view()).is_eq())
        }
        (View::Text(_) | View::Bytes(_) | View::Sequence(_), View::Int(size)) => {
            size_of(&member) as i128 == *size
        }
        _ => compare(&member, argument).is_eq(),
    }
}

/// How a member stands to an argument. An optional member that is not there counts as equal, so
/// that `le` and `ge` hold of it: the reference turns its refusal into the number 0.
fn order(member: View<'_>, argument: &View<'_>) -> Ordering {
    present(member).map_or(Ordering::Equal, |member| compare(&member, argument))
}

/// The order of two values of one kind; the kinds were checked before.
fn compare(one: &View<'_>, other: &View<'_>) -> Ordering {
    match (one, other) {
        (View::Bool(one), View::Bool(other)) => one.cmp(other),
        (View::Int(one), View::Int(other)) => one.cmp(other),
        (View::Text(one), View::Text(other)) => one.cmp(other),
        (View::Time(one), View::Time(other)) => one.cmp(other),
        (View::Key(one), View::Key(other)) => one.cmp(other),
        (View::Id(one), View::Id(other)) => one.cmp(other),
        (View::Digest(one), View::Digest(other)) => one.cmp(other),
        // No function asks for the order of such values, and none of them is equal to another.
        _ => Ordering::Less,
    }
}

type Values<'a> = [&'a dyn DynReflect];

fn contains(function: Function, member: View<'_>, set: &Values<'_>, of_texts: bool) -> bool {
    let Some(member) = present(member) else {
        // The reference's answer of "not there" is its answer to `in`, which `not_in` turns around.
        return function == Function::NotIn;
    };
    // A text is one value where the set holds texts, and a list of characters where it holds
    // numbers.
    let is_one_value = match &member {
        View::Text(_) => of_texts,
        View::Bytes(_) | View::Sequence(_) => false,
        _ => true,
    };
    if is_one_value {
        return match function {
            Function::In => has(set, &member),
            Function::NotIn => !has(set, &member),
            _ => false,
        };
    }
    match function {
        Function::In => all_elements(&member, |element| has(set, element)),
        Function::NotIn | Function::HasNone => all_elements(&member, |element| !has(set, element)),
        _ => size_of(&member) >= set.len() && has_all(&member, set),
    }
}

/// Whether a set contains a value. Integers are looked for as 64 bits with a sign, in which the
/// largest ones of an unsigned member are negative, as in the reference.
fn has(set: &Values<'_>, value: &View<'_>) -> bool {
    let narrow = match value {
        View::Int(value) => Some(View::Int(i128::from(*value as i64))),
        _ => None,
    };
    let value = narrow.as_ref().unwrap_or(value);
    set.binary_search_by(|element| compare(&element.dyn_view(), value)).is_ok()
}

/// Whether every value of a set is an element. Each element is looked for in the set, and not the
/// other way around, because the set is sorted.
fn has_all(container: &View<'_>, set: &Values<'_>) -> bool {
    let mut is_missing = vec![true; set.len()];
    all_elements(container, |element| {
        let at = set.binary_search_by(|wanted| compare(&wanted.dyn_view(), element));
        at.ok().and_then(|at| is_missing.get_mut(at)).into_iter().for_each(|one| *one = false);
        true
    });
    !is_missing.contains(&true)
}

fn size_of(container: &View<'_>) -> usize {
    match container {
        View::Text(bytes) | View::Bytes(bytes) => bytes.len(),
        View::Sequence(values) => values.len(),
        _ => 0,
    }
}

/// Whether `holds` says true of every element; characters are integers from -128 to 127.
fn all_elements(container: &View<'_>, mut holds: impl FnMut(&View<'_>) -> bool) -> bool {
    match container {
        View::Text(bytes) | View::Bytes(bytes) => {
            bytes.iter().all(|byte| holds(&View::Int(i128::from(*byte as i8))))
        }
        View::Sequence(values) => values.iter().all(|value| holds(&value.dyn_view())),
        _ => false,
    }
}
