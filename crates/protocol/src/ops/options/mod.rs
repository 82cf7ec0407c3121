//! Options: the right to exchange one asset for another at a price, until a time. They are covered
//! in full by who writes them and settled by delivery; the right is an asset like any other.

pub mod close;
pub mod event;
pub mod exercise;
pub mod redeem;
pub mod series_create;
pub mod write;

pub use close::OptionClose;
pub use event::{OptionEvent, OptionOutcome};
pub use exercise::OptionExercise;
pub use redeem::OptionRedeem;
pub use series_create::OptionSeriesCreate;
pub use write::OptionWrite;

use crate::constants::SECONDS_PER_DAY;
use crate::ids::AssetId;
use crate::money::Asset;
use carbyne_wire::Wire;

/// Seconds after the expiry in which an option is still exercised.
pub const WINDOW_SEC: u32 = SECONDS_PER_DAY;
/// What the symbols of longs begin with.
pub const SYMBOL_PREFIX: &str = "BITOPT";

named_enum! {
    /// What the holder may do.
    #[derive(Default)]
    pub enum OptionKind {
        /// Buy the underlying.
        #[default]
        Call = 1 "call",
        /// Sell the underlying.
        Put = 2 "put",
    }
}

named_enum! {
    /// When the holder may do it.
    #[derive(Default)]
    pub enum OptionStyle {
        /// At any time.
        #[default]
        American = 1 "american",
        /// From the expiry on.
        European = 2 "european",
    }
}

/// What makes two options the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Wire)]
#[wire(plain)]
pub struct OptionTerms {
    /// What is bought or sold.
    pub underlying: AssetId,
    /// What is paid with.
    pub quote: AssetId,
    /// The price of a contract, in smallest units of the quote.
    pub strike: i64,
    /// The size of a contract, in smallest units of the underlying: a power of ten.
    pub contract_size: i64,
    /// Whether the holder buys or sells.
    pub kind: OptionKind,
    /// When he may.
    pub style: OptionStyle,
    /// When it expires; a day after that it is over.
    pub expiry: carbyne_wire::TimePointSec,
}

impl OptionTerms {
    /// What is locked for a contract.
    pub const fn locked(&self) -> Asset {
        match self.kind {
            OptionKind::Call => Asset::new(self.contract_size, self.underlying),
            OptionKind::Put => Asset::new(self.strike, self.quote),
        }
    }

    /// What is paid for it by who exercises it.
    pub const fn paid(&self) -> Asset {
        match self.kind {
            OptionKind::Call => Asset::new(self.strike, self.quote),
            OptionKind::Put => Asset::new(self.contract_size, self.underlying),
        }
    }
}
