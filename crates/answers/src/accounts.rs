//! Accounts with everything that belongs to them.

use carbyne_objects::{
    Account, AccountBalance, AccountStatistics, Bond, BondOffer, CallOrder, CommitteeMember,
    Escrow, ForceSettlement, Htlc, LimitOrder, Listing, OptionPosition, OwnedObject, Proposal,
    Recurring, Title, TitleForSale, VestingBalance, WithdrawPermission, Witness, Worker,
};
use carbyne_protocol::ids::{AccountHistoryId, AssetId, CommitteeMemberId, WitnessId};
use carbyne_wire::{Dialect, Json, JsonError, JsonIn, ObjectId, Text, Value, Wire};

/// What can be voted for.
#[derive(Clone, Debug, PartialEq)]
pub enum Candidate {
    /// A committee member.
    CommitteeMember(CommitteeMember),
    /// A witness.
    Witness(Witness),
    /// A worker.
    Worker(Box<Worker>),
}

impl Default for Candidate {
    fn default() -> Self {
        Self::CommitteeMember(CommitteeMember::default())
    }
}

/// The object as it is; its id says which it is.
impl JsonIn for Candidate {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        match self {
            Self::CommitteeMember(member) => member.to_json_in(dialect),
            Self::Witness(witness) => witness.to_json_in(dialect),
            Self::Worker(worker) => worker.to_json_in(dialect),
        }
    }

    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let id = ObjectId::from_json(value.get("id").unwrap_or(&Value::Null))?;
        match (id.space, id.type_) {
            (CommitteeMemberId::SPACE, CommitteeMemberId::TYPE) => {
                JsonIn::from_json_in(value, dialect).map(Self::CommitteeMember)
            }
            (WitnessId::SPACE, WitnessId::TYPE) => {
                JsonIn::from_json_in(value, dialect).map(Self::Witness)
            }
            _ => JsonIn::from_json_in(value, dialect).map(Self::Worker),
        }
    }
}

/// Statistics of an account with how much history it has (reference: `account_statistics_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct Statistics {
    /// What the state counts.
    #[wire(base)]
    pub counted: AccountStatistics,
    /// The newest entry of the account's history.
    pub most_recent_op: AccountHistoryId,
    /// How many entries there are.
    pub total_ops: u64,
    /// How many were thrown away: none.
    pub removed_ops: u64,
}

/// JSON of a struct by its members: an answer is never packed, so there is nothing else of it.
macro_rules! members {
    ($type:ident { $($member:ident,)* }) => {
        impl JsonIn for $type {
            fn to_json_in(&self, dialect: Dialect) -> Value {
                let members = [$((stringify!($member), self.$member.to_member_in(dialect)),)*];
                let members = members.into_iter();
                members.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
            }

            fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
                let members = value.as_object().ok_or_else(|| JsonError::not_an_object(value))?;
                let mut read = Self::default();
                $(if let Some(member) = members.get(stringify!($member)) {
                    read.$member = JsonIn::from_json_in(member, dialect)
                        .map_err(|e| e.in_member(stringify!($member)))?;
                })*
                Ok(read)
            }
        }
    };
}

/// Defines the lists of what belongs to an account, each cut at a limit, and which of them go on.
macro_rules! full_account {
    ($($(#[$meta:meta])* $list:ident: $type:ty,)*) => {
        /// An account with everything that belongs to it (reference: `full_account`).
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct FullAccount {
            /// The account.
            pub account: Account,
            /// Its statistics.
            pub statistics: Statistics,
            /// Name of who registered it.
            pub registrar_name: Text,
            /// Name of who referred it.
            pub referrer_name: Text,
            /// Name of the lifetime member above that one.
            pub lifetime_referrer_name: Text,
            /// What it votes for; none where that is gone.
            pub votes: Vec<Option<Candidate>>,
            /// Fees that come back to it, if any did.
            pub cashback_balance: Option<VestingBalance>,
            $($(#[$meta])* pub $list: Vec<$type>,)*
            /// Which of the lists are cut.
            pub more_data_available: MoreData,
            /// Contracts that concern it, on a chain that opted in to such.
            pub promises: Option<Promises>,
        }

        /// Which lists of a [`FullAccount`] are cut.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
        #[allow(missing_docs)]
        pub struct MoreData {
            $(pub $list: bool,)*
        }

        members!(FullAccount {
            account, statistics, registrar_name, referrer_name, lifetime_referrer_name, votes,
            cashback_balance, $($list,)* more_data_available, promises,
        });
    };
}

full_account! {
    /// What it has, by asset.
    balances: AccountBalance,
    /// What becomes its over time.
    vesting_balances: VestingBalance,
    /// Its limit orders.
    limit_orders: LimitOrder,
    /// Its debt positions.
    call_orders: CallOrder,
    /// What it wants settled.
    settle_orders: ForceSettlement,
    /// Proposals that wait for it.
    proposals: Proposal,
    /// Assets it issues.
    assets: AssetId,
    /// Permissions it gave to others.
    withdraws_from: WithdrawPermission,
    /// Permissions others gave to it.
    withdraws_to: WithdrawPermission,
    /// Contracts in which it gives.
    htlcs_from: Htlc,
    /// Contracts in which it may take.
    htlcs_to: Htlc,
}

/// Defines the lists of contracts that concern an account, each cut at a limit, and which of them
/// go on.
macro_rules! promises {
    ($($(#[$meta:meta])* $list:ident: $type:ty,)*) => {
        /// Contracts that concern an account.
        #[derive(Clone, Debug, Default, PartialEq, Wire)]
        pub struct Promises {
            $($(#[$meta])* pub $list: Vec<$type>,)*
            /// Which of the lists are cut.
            pub more_data_available: MorePromises,
        }

        /// Which lists of [`Promises`] are cut.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
        #[allow(missing_docs)]
        pub struct MorePromises {
            $(pub $list: bool,)*
        }
    };
}

promises! {
    /// Payments that push, which it makes or gets.
    recurring_payments: Recurring,
    /// Amounts in the hands of nobody.
    escrows: Escrow,
    /// Offers to lend or to borrow.
    bond_offers: BondOffer,
    /// What it lent or borrowed.
    bonds: Bond,
    /// What it wrote of options.
    option_positions: OptionPosition,
    /// That it was sold, if it was.
    titles: Title,
    /// Offers of it, to it, or that pay to it.
    title_offers: TitleForSale,
    /// Objects it owns.
    owned_objects: OwnedObject,
    /// What it sells, gets a part of, or bids for.
    listings: Listing,
}
