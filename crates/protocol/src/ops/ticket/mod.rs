//! Operations on tickets: core locked for more weight in votes.

pub mod create;
pub mod update;

use crate::Rejected;
use crate::constants::{CORE, SECONDS_PER_DAY};
use crate::ids::AssetId;
use crate::money::Asset;
use crate::reference_words::Asked;

named_enum! {
    /// For how long a ticket is locked once it is withdrawn.
    #[derive(Default)]
    pub enum TicketType {
        /// Not locked.
        #[default]
        Liquid = 0 "liquid",
        /// 180 days.
        Lock180Days = 1 "lock_180_days",
        /// 360 days.
        Lock360Days = 2 "lock_360_days",
        /// 720 days.
        Lock720Days = 3 "lock_720_days",
        /// Forever.
        LockForever = 4 "lock_forever",
    }
}

impl TicketType {
    /// The type with that number, as operations name it.
    pub fn from_tag(tag: u64) -> Option<Self> {
        i64::try_from(tag).ok().and_then(Self::from_number)
    }

    /// What one smallest unit of core counts for in a vote.
    pub const fn value_multiplier(self) -> i64 {
        match self {
            Self::Liquid => 0,
            Self::Lock180Days => 2,
            Self::Lock360Days => 4,
            Self::Lock720Days | Self::LockForever => 8,
        }
    }

    /// The type above, towards which a ticket climbs.
    pub const fn next(self) -> Self {
        match self {
            Self::Liquid => Self::Lock180Days,
            Self::Lock180Days => Self::Lock360Days,
            Self::Lock360Days => Self::Lock720Days,
            Self::Lock720Days | Self::LockForever => Self::LockForever,
        }
    }

    /// The type below, towards which a ticket goes down.
    pub const fn previous(self) -> Self {
        match self {
            Self::Liquid | Self::Lock180Days => Self::Liquid,
            Self::Lock360Days => Self::Lock180Days,
            Self::Lock720Days => Self::Lock360Days,
            Self::LockForever => Self::Lock720Days,
        }
    }

    /// Seconds it takes to come down to this type from the one above.
    pub const fn seconds_to_downgrade(self) -> u32 {
        match self {
            Self::Lock360Days => 360 * SECONDS_PER_DAY,
            _ => 180 * SECONDS_PER_DAY,
        }
    }
}

refusals! {
    /// Why an operation on a ticket is refused, whatever the state.
    pub enum TicketRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A type that does not exist.
        UnknownType { target_type: u64 }: "there is no ticket type {target_type}",
        /// A new ticket that locks nothing.
        LiquidTarget: "a new ticket cannot be liquid",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64, asked: Asked }: "the amount {amount} is not positive",
        /// An amount of another asset than core.
        NotCore { asset: AssetId, asked: Asked }: "tickets hold core, not {asset}",
    }
}

/// The type of that number, if there is one.
pub fn check_type(target_type: u64) -> Result<TicketType, Rejected> {
    TicketType::from_tag(target_type)
        .ok_or_else(|| TicketRefusal::UnknownType { target_type }.into())
}

fn check_amount(amount: Asset, positive: Asked, core: Asked) -> Result<(), Rejected> {
    let Asset { amount, asset_id: asset } = amount;
    ensure!(amount > 0, TicketRefusal::AmountNotPositive { amount, asked: positive });
    ensure!(asset == CORE, TicketRefusal::NotCore { asset, asked: core });
    Ok(())
}
