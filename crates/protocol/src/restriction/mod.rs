//! What users write about the fields of an operation: the restrictions of custom authorities (BSIP
//! 40; reference: `protocol/restriction.hpp`).
//!
//! * [`Restriction`] is the data: member, function, argument.
//! * [`check`] refuses what does not fit the operation it is about; it looks at types only.
//! * [`complies`] asks one operation, and cannot fail.
//!
//! Never knows accounts, signatures or the state: an operation is all it sees.

pub(crate) mod check;
mod complies;

pub use check::{RestrictionRefusal, check};
pub use complies::complies;

use crate::ids::*;
use carbyne_crypto::PublicKey;
use carbyne_wire::{Digest, Extensions, FlatSet, Text, TimePointSec, VarUint, Wire};

/// A condition on one member of an operation, or of a struct in it.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Restriction {
    /// Number of the member, in the order of definition from 0.
    pub member_index: VarUint,
    /// What is asked of it; see [`Function`].
    pub restriction_type: VarUint,
    /// What it is compared with.
    pub argument: Argument,
    /// No extension is defined.
    pub extensions: Extensions,
}

/// What a restriction asks of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The member equals the argument; a container has as many elements; an optional value is not
    /// there.
    Eq,
    /// Not [`Function::Eq`].
    Ne,
    /// The member is less.
    Lt,
    /// The member is less or equal.
    Le,
    /// The member is greater.
    Gt,
    /// The member is greater or equal.
    Ge,
    /// The member, or each element of it, is in the set.
    In,
    /// The member, or each element of it, is not in the set.
    NotIn,
    /// The member contains all of the set.
    HasAll,
    /// The member contains none of the set.
    HasNone,
    /// The members of the member comply with restrictions.
    Attr,
    /// One of several lists of restrictions is complied with; the member number does not count.
    LogicalOr,
    /// The member made a certain choice, whose value complies with restrictions.
    VariantAssert,
}

impl Function {
    /// The function of a restriction. Only the lower 32 bits count, as in the reference.
    fn of(restriction: &Restriction) -> Option<Self> {
        Some(match restriction.restriction_type.0 as u32 {
            0 => Self::Eq,
            1 => Self::Ne,
            2 => Self::Lt,
            3 => Self::Le,
            4 => Self::Gt,
            5 => Self::Ge,
            6 => Self::In,
            7 => Self::NotIn,
            8 => Self::HasAll,
            9 => Self::HasNone,
            10 => Self::Attr,
            // The reference takes this one by the whole number, the others by their lower half.
            11 if restriction.restriction_type.0 == 11 => Self::LogicalOr,
            12 => Self::VariantAssert,
            _ => return None,
        })
    }
}

/// What a member is compared with. The variants are named after what they hold.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[allow(missing_docs)]
pub enum Argument {
    #[default]
    Nothing,
    Bool(bool),
    Int(i64),
    Text(Text),
    Time(TimePointSec),
    Key(PublicKey),
    Sha256(Digest<32>),
    Account(AccountId),
    Asset(AssetId),
    ForceSettlement(ForceSettlementId),
    CommitteeMember(CommitteeMemberId),
    Witness(WitnessId),
    LimitOrder(LimitOrderId),
    CallOrder(CallOrderId),
    Custom(CustomId),
    Proposal(ProposalId),
    WithdrawPermission(WithdrawPermissionId),
    VestingBalance(VestingBalanceId),
    Worker(WorkerId),
    Balance(BalanceId),
    Bools(FlatSet<bool>),
    Ints(FlatSet<i64>),
    Texts(FlatSet<Text>),
    Times(FlatSet<TimePointSec>),
    Keys(FlatSet<PublicKey>),
    Sha256s(FlatSet<Digest<32>>),
    Accounts(FlatSet<AccountId>),
    Assets(FlatSet<AssetId>),
    ForceSettlements(FlatSet<ForceSettlementId>),
    CommitteeMembers(FlatSet<CommitteeMemberId>),
    Witnesses(FlatSet<WitnessId>),
    LimitOrders(FlatSet<LimitOrderId>),
    CallOrders(FlatSet<CallOrderId>),
    Customs(FlatSet<CustomId>),
    Proposals(FlatSet<ProposalId>),
    WithdrawPermissions(FlatSet<WithdrawPermissionId>),
    VestingBalances(FlatSet<VestingBalanceId>),
    Workers(FlatSet<WorkerId>),
    Balances(FlatSet<BalanceId>),
    /// For [`Function::Attr`].
    Attributes(Vec<Restriction>),
    /// For [`Function::LogicalOr`].
    Branches(Vec<Vec<Restriction>>),
    /// For [`Function::VariantAssert`]: the tag of the choice and what is asked of its value.
    Choice((i64, Vec<Restriction>)),
}

/// Number of restrictions, nested ones included.
pub fn count<'a>(restrictions: impl IntoIterator<Item = &'a Restriction>) -> u64 {
    let with_nested = |one: &Restriction| count_nested(&one.argument).saturating_add(1);
    restrictions.into_iter().map(with_nested).sum()
}

fn count_nested(argument: &Argument) -> u64 {
    match argument {
        Argument::Attributes(restrictions) | Argument::Choice((_, restrictions)) => {
            count(restrictions)
        }
        Argument::Branches(branches) => branches.iter().map(count).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
