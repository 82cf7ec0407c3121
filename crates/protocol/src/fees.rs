//! The fee schedule: parameters per operation, set by the committee, and the fee they ask for.

use crate::Rejected;
use crate::constants::{MAX_SHARE_SUPPLY, PERCENT_100};
use crate::money::{Asset, MoneyRefusal, Price};
use crate::ops::account::create::AccountCreateFee;
use crate::ops::transfer::Memo;
use crate::ops::{FeeParameters, Operation};
use crate::proportion::{basis_points, proportion};
use crate::reference_words::{self as asked, Asked};
use carbyne_wire::{
    Dialect, JsonError, JsonIn, Kind, Pack, PackError, Reader, Reflect, Value, View, Wire,
};

refusals! {
    /// Why no fee can be computed.
    pub enum FeeRefusal {
        /// A fee above the greatest possible supply.
        TooLarge { fee: u128, asked: Asked }:
            "a fee of {fee} is above the greatest possible supply",
    }
}

/// Fee parameters, sorted by tag, each tag at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeeList(Vec<FeeParameters>);

impl FeeList {
    fn from_unsorted(mut parameters: Vec<FeeParameters>) -> Self {
        // A stable sort, so that the first of equal tags is the one that stays.
        parameters.sort_by_key(FeeParameters::tag);
        parameters.dedup_by_key(|later| later.tag());
        Self(parameters)
    }
}

impl Pack for FeeList {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Vec::unpack(input).map(Self::from_unsorted)
    }
}

impl JsonIn for FeeList {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        self.0.to_json_in(dialect)
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        Vec::from_json_in(value, dialect).map(Self::from_unsorted)
    }
}

impl Reflect for FeeList {
    fn kind() -> Kind {
        Kind::Sequence(|| Kind::Other)
    }
    fn view(&self) -> View<'_> {
        View::Other
    }
}

/// What every operation costs.
#[derive(Clone, Debug, PartialEq, Eq, Wire)]
pub struct FeeSchedule {
    /// Parameters by tag; an operation that is missing costs its default.
    pub parameters: FeeList,
    /// Factor on every fee, in basis points.
    pub scale: u32,
}

impl Default for FeeSchedule {
    fn default() -> Self {
        Self { parameters: FeeList::default(), scale: u32::from(PERCENT_100) }
    }
}

impl FeeSchedule {
    /// The schedule with the default parameters of every operation.
    pub fn with_defaults() -> Self {
        Self { parameters: FeeList(FeeParameters::defaults()), ..Self::default() }
    }

    /// The parameters of the operation with that tag.
    #[inline]
    pub fn find(&self, tag: u64) -> Option<&FeeParameters> {
        let list = &self.parameters.0;
        // A full schedule has each tag at its own index.
        match list.get(tag as usize) {
            Some(parameters) if parameters.tag() == tag => Some(parameters),
            _ => {
                let at = list.binary_search_by_key(&tag, FeeParameters::tag).ok()?;
                list.get(at)
            }
        }
    }

    /// What an account costs, to change: the chain itself raises it while many are registered.
    pub fn account_create_mut(&mut self) -> Option<&mut AccountCreateFee> {
        self.parameters.0.iter_mut().find_map(|parameters| match parameters {
            FeeParameters::AccountCreate(fee) => Some(fee),
            _ => None,
        })
    }

    /// The fee of an operation, in smallest units of the core asset.
    pub fn calculate_fee(&self, operation: &Operation) -> Result<i64, Rejected> {
        let fee = operation.unscaled_fee(self)?;
        // A parameter of 2^63 or more, which fits into no amount.
        ensure!(fee >= 0, MoneyRefusal::Overflow { a: fee, b: 0 });
        if self.scale == u32::from(PERCENT_100) {
            return Ok(fee);
        }
        let scaled = basis_points(fee as u64, self.scale);
        let asked = asked::money::SCALED_FEE;
        ensure!(scaled <= MAX_SHARE_SUPPLY as u128, FeeRefusal::TooLarge { fee: scaled, asked });
        Ok(scaled as i64)
    }

    /// The fee of an operation in the asset that `core_exchange_rate` prices, rounded up.
    pub fn calculate_fee_in(
        &self,
        operation: &Operation,
        core_exchange_rate: Price,
    ) -> Result<Asset, Rejected> {
        Asset::core(self.calculate_fee(operation)?).times_round_up(core_exchange_rate)
    }
}

/// The fee of a memo at `price_per_kbyte` for 1,024 bytes; none costs nothing.
pub fn memo_fee(memo: &Option<Box<Memo>>, price_per_kbyte: u32) -> Result<i64, Rejected> {
    match memo {
        None => Ok(0),
        Some(_) => data_fee(memo.packed_len(), price_per_kbyte.into()),
    }
}

/// The fee for `bytes` of data at `price_per_kbyte` for 1,024 bytes, rounded down.
pub fn data_fee(bytes: usize, price_per_kbyte: u64) -> Result<i64, Rejected> {
    let fee = proportion(bytes as u64, price_per_kbyte, 1024_u32);
    let asked = asked::money::DATA_FEE;
    ensure!(fee <= MAX_SHARE_SUPPLY as u128, FeeRefusal::TooLarge { fee, asked });
    Ok(fee as i64)
}
