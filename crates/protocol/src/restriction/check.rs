//! Whether restrictions fit the type they are about (reference:
//! `custom_authorities/restriction_predicate.hxx`).
//!
//! Invariant: what passes here can be asked of every value of the type without a surprise.

use super::{Argument, Function, Restriction};
use crate::Rejected;
use crate::ops::Operation;
use crate::reference_words::{self as asked, Asked};
use carbyne_wire::{Field, Kind, Reflect};

refusals! {
    /// Why restrictions do not fit what they are about.
    pub enum RestrictionRefusal {
        /// No operation has that tag.
        UnknownOperation { tag: u64 } [INVALID_INDEX]: "there is no operation {tag}",
        /// Custom authorities cannot be about this operation.
        UnsupportedOperation { tag: u64 }: "custom authorities cannot be about operation {tag}",
        /// Nothing is asked where something must be.
        Empty: "a list of restrictions is empty where something must be asked",
        /// An OR of less than two branches.
        TooFewBranches { branches: usize }: "an OR of {branches} branches decides nothing",
        /// No member has that number.
        UnknownMember { index: u64, object: String }: "{object} has no member {index}",
        /// The member of something that has none.
        NoMembers { index: u64 }: "member {index} is asked for of what has none",
        /// No function has that number.
        UnknownFunction { function: u64 }: "there is no function {function}",
        /// The function takes no such argument.
        WrongArgument { function: u64, argument: u64, asked: Asked }:
            "function {function} takes no argument of type {argument}",
        /// A comparison takes no such argument.
        UnsupportedArgument { function: u64, argument: String }:
            "function does not take an argument of type {argument}",
        /// The function cannot compare the argument with the member.
        WrongTypes { function: u64, argument: u64 }:
            "function {function} cannot compare the member with an argument of type {argument}",
        /// A choice is asked about of what is none.
        NotAChoice { index: u64 }: "member {index} is no choice",
        /// The choice has no such tag.
        UnknownChoice { tag: i64 } [INVALID_INDEX]: "the choice has no tag {tag}",
        /// No choice has a negative tag.
        NegativeChoice { tag: i64 } [NEGATIVE_INDEX]: "the tag {tag} of a choice is negative",
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
    let name = Operation::TABLE.get(place).map_or("", |(_, name, _)| name);
    check_all(restrictions, &Object { kind, name })
}

/// What restrictions are about; operations have a name, of anything in them the members tell what
/// it is.
struct Object {
    kind: Kind,
    name: &'static str,
}

impl Object {
    fn within(kind: Kind) -> Self {
        Self { kind, name: "" }
    }

    /// The reference's name of its type, as far as clients of custom authorities meet it.
    fn type_name(&self, fields: &[Field]) -> String {
        if !self.name.is_empty() {
            return format!("{}_operation", self.name);
        }
        match fields.first().map_or("", |field| field.name) {
            "amount" => "asset",
            "base" => "price",
            "from" => "memo_data",
            "weight_threshold" => "authority",
            "memo_key" => "account_options",
            "max_supply" => "asset_options",
            "feed_lifetime_sec" => "bitasset_options",
            "settlement_price" => "price_feed",
            "begin_timestamp" => "linear_vesting_policy_initializer",
            "start_claim" => "cdd_vesting_policy_initializer",
            "asset" => "top_holders_special_authority",
            other => other,
        }
        .to_owned()
    }
}

fn choice(kind: &Kind, place: usize) -> Option<Kind> {
    match kind {
        Kind::Choice(choices) => choices().get(place).map(|choice| (choice.kind)()),
        _ => None,
    }
}

fn check_some(restrictions: &[Restriction], object: &Object) -> Result<(), Rejected> {
    ensure!(!restrictions.is_empty(), RestrictionRefusal::Empty);
    check_all(restrictions, object)
}

fn check_all(restrictions: &[Restriction], object: &Object) -> Result<(), Rejected> {
    restrictions.iter().try_for_each(|restriction| match Function::of(restriction) {
        Some(Function::LogicalOr) => check_branches(restriction, object),
        function => {
            let member = member(restriction, object)?;
            check_member(restriction, function, &member)
        }
    })
}

fn check_branches(restriction: &Restriction, object: &Object) -> Result<(), Rejected> {
    let Argument::Branches(branches) = &restriction.argument else {
        let asked = asked::restriction::OR_ARGUMENT;
        return Err(wrong_argument(restriction, asked));
    };
    let count = branches.len();
    ensure!(count > 1, RestrictionRefusal::TooFewBranches { branches: count });
    branches.iter().try_for_each(|branch| check_some(branch, object))
}

/// The kind of the member a restriction names.
fn member(restriction: &Restriction, object: &Object) -> Result<Kind, Rejected> {
    let index = restriction.member_index.0;
    let fields: &[Field] = match object.kind {
        Kind::Struct(fields) | Kind::Extension(fields) => fields(),
        _ => &[],
    };
    ensure!(!fields.is_empty(), RestrictionRefusal::NoMembers { index });
    let field = usize::try_from(index).ok().and_then(|index| fields.get(index));
    let unknown = || RestrictionRefusal::UnknownMember { index, object: object.type_name(fields) };
    Ok((field.ok_or_else(unknown)?.kind)())
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
            check_supported(restriction, function)?;
            let argument = restriction.argument.tag();
            let number = restriction.restriction_type.0;
            ensure!(
                fits(function, member, argument),
                RestrictionRefusal::WrongTypes { function: number, argument }
            );
            Ok(())
        }
    }
}

/// Refuses arguments that a comparison never takes.
fn check_supported(restriction: &Restriction, function: Function) -> Result<(), Rejected> {
    let tag = restriction.argument.tag();
    let is_supported = match function {
        Function::Eq | Function::Ne => tag <= LAST_SET,
        Function::Lt | Function::Le | Function::Gt | Function::Ge => {
            matches!(tag, 2..=4 | 7..FIRST_SET)
        }
        _ => (FIRST_SET..=LAST_SET).contains(&tag),
    };
    if is_supported {
        return Ok(());
    }
    let (function, argument) = (restriction.restriction_type.0, argument_name(tag));
    Err(RestrictionRefusal::UnsupportedArgument { function, argument }.into())
}

/// Tag of the first argument that is a set; the sets follow in the order of what they hold, from
/// `bool`.
const FIRST_SET: u64 = 20;
/// Tag of the last argument that is a set.
const LAST_SET: u64 = 38;

/// The reference's name of the type of an argument.
fn argument_name(tag: u64) -> String {
    let id = |name: &str| format!("graphene::protocol::{name}_id_type");
    match tag {
        0 => "graphene::protocol::void_t".to_owned(),
        1 => "bool".to_owned(),
        2 => "int64_t".to_owned(),
        3 => "string".to_owned(),
        4 => "fc::time_point_sec".to_owned(),
        5 => "graphene::protocol::public_key_type".to_owned(),
        6 => "fc::sha256".to_owned(),
        7 => id("account"),
        8 => id("asset"),
        9 => id("force_settlement"),
        10 => id("committee_member"),
        11 => id("witness"),
        12 => id("limit_order"),
        13 => id("call_order"),
        14 => id("custom"),
        15 => id("proposal"),
        16 => id("withdraw_permission"),
        17 => id("vesting_balance"),
        18 => id("worker"),
        19 => id("balance"),
        FIRST_SET..=LAST_SET => {
            let item = tag.saturating_sub(FIRST_SET).saturating_add(1);
            format!("flat_set<{}>", argument_name(item))
        }
        39 => "std::vector<graphene::protocol::restriction>".to_owned(),
        40 => "std::vector<std::vector<graphene::protocol::restriction>>".to_owned(),
        _ => "std::pair<int64_t,std::vector<graphene::protocol::restriction>>".to_owned(),
    }
}

fn wrong_argument(restriction: &Restriction, asked: Asked) -> Rejected {
    let (function, argument) = (restriction.restriction_type.0, restriction.argument.tag());
    RestrictionRefusal::WrongArgument { function, argument, asked }.into()
}

fn check_attributes(restriction: &Restriction, member: &Kind) -> Result<(), Rejected> {
    let Argument::Attributes(restrictions) = &restriction.argument else {
        let asked = asked::restriction::ATTRIBUTE_ARGUMENT;
        return Err(wrong_argument(restriction, asked));
    };
    check_some(restrictions, &Object::within(without_option(member)))
}

fn check_choice(restriction: &Restriction, member: &Kind) -> Result<(), Rejected> {
    let Argument::Choice((tag, restrictions)) = &restriction.argument else {
        let asked = asked::restriction::CHOICE_ARGUMENT;
        return Err(wrong_argument(restriction, asked));
    };
    let member = without_option(member);
    let index = restriction.member_index.0;
    ensure!(matches!(member, Kind::Choice(_)), RestrictionRefusal::NotAChoice { index });
    ensure!(*tag >= 0, RestrictionRefusal::NegativeChoice { tag: *tag });
    let chosen = usize::try_from(*tag).ok().and_then(|tag| choice(&member, tag));
    let chosen = chosen.ok_or(RestrictionRefusal::UnknownChoice { tag: *tag })?;
    check_all(restrictions, &Object::within(chosen))
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
