//! What a chain may opt in to beyond the reference: families of contracts, and the limits that its
//! committee sets for new ones.
//!
//! A chain opts in by the member `carbyne_features` of its genesis; families that are not open
//! there may be opened by `carbyne_set`. Nothing closes a family again: contracts of it stand.

use crate::Rejected;
use crate::contract::in_range;
use carbyne_wire::Wire;

named_enum! {
    /// A family of contracts.
    pub enum Family {
        /// Payments that push.
        Recurring = 1 "recurring",
        /// Amounts in the hands of nobody until two parties or their arbiter agree.
        Escrow = 2 "escrow",
        /// One asset lent against another, without a margin call.
        Bonds = 3 "bonds",
        /// Options that are covered in full and settled by delivery.
        Options = 4 "options",
        /// Account names that are sold.
        Titles = 5 "titles",
        /// Owned objects and their sale.
        Objects = 6 "objects",
    }
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 6] =
        [Self::Recurring, Self::Escrow, Self::Bonds, Self::Options, Self::Titles, Self::Objects];

    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recurring => "recurring",
            Self::Escrow => "escrow",
            Self::Bonds => "bonds",
            Self::Options => "options",
            Self::Titles => "titles",
            Self::Objects => "objects",
        }
    }

    /// The family of the operation with that tag: each has twenty.
    pub fn of(tag: u64) -> Option<Self> {
        let number = tag.checked_sub(1_000)?.checked_div(20)?;
        Self::ALL.into_iter().find(|family| *family as u64 == number)
    }
}

/// Defines the limits, their ranges, and the change of some of them.
macro_rules! limits {
    ($($(#[$meta:meta])* $limit:ident: $default:literal, $least:literal..=$most:expr;)*) => {
        /// Limits for new contracts.
        #[derive(Clone, Debug, PartialEq, Eq, Wire)]
        #[wire(plain)]
        pub struct ContractLimits { $($(#[$meta])* pub $limit: u32,)* }

        impl Default for ContractLimits {
            fn default() -> Self {
                Self { $($limit: $default),* }
            }
        }

        /// New values of some limits.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
        #[wire(extension, plain)]
        pub struct LimitChanges { $($(#[$meta])* pub $limit: Option<u32>,)* }

        impl LimitChanges {
            /// Refuses what is out of range.
            pub fn validate(&self) -> Result<(), Rejected> {
                $(if let Some(value) = self.$limit {
                    in_range(stringify!($limit), value, $least as u32, $most as u32)?;
                })*
                Ok(())
            }

            /// Changes the limits that are named.
            pub fn apply(&self, limits: &mut ContractLimits) {
                $(if let Some(value) = self.$limit {
                    limits.$limit = value;
                })*
            }
        }
    };
}
limits! {
    /// What is due at the end of a block, at most, for each family.
    due_per_block: 1_000, 100..=10_000;
    /// The shortest interval of recurring payments, in seconds.
    recurring_min_interval_sec: 3_600, 60..=86_400;
    /// The most payments of one order that are still to come.
    recurring_max_times: 1_000, 1..=10_000;
    /// The longest time until an escrow is to be delivered, in seconds.
    escrow_max_sec: 157_680_000, 86_400..=1 << 29;
    /// The longest life of an offer, and the longest time until a recurring payment starts, in
    /// seconds.
    offer_max_sec: 32_832_000, 86_400..=1 << 26;
    /// The longest term of a bond, in seconds.
    bond_max_term_sec: 315_360_000, 86_400..=1 << 30;
    /// The longest time until a series of options expires, in seconds.
    option_max_ahead_sec: 63_072_000, 604_800..=1 << 28;
    /// The longest time that a title is offered, in seconds.
    title_offer_max_sec: 2_592_000, 86_400..=1 << 25;
    /// The longest life of a listing, in seconds.
    listing_max_sec: 7_776_000, 3_600..=1 << 25;
    /// The most data of an object, in bytes.
    object_max_bytes: 4_096, 64..=65_536;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_belongs_to_its_family() {
        let of = |tag| Family::of(tag);
        assert_eq!(of(77), None);
        assert_eq!(of(1_000), None);
        assert_eq!(of(1_020), Some(Family::Recurring));
        assert_eq!(of(1_039), Some(Family::Recurring));
        assert_eq!(of(1_040), Some(Family::Escrow));
        assert_eq!(of(1_139), Some(Family::Objects));
        assert_eq!(of(1_140), None);
    }
}
