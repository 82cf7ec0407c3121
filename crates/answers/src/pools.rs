//! Liquidity pools with what happened in them.
//!
//! Amounts are in smallest units of the pool's assets a and b and of its share asset.

use carbyne_objects::LiquidityPool;
use carbyne_wire::{
    Id, Json, JsonError, Kind, Pack, PackError, Reader, Reflect, Value, View, Wire,
    in_every_dialect,
};

/// A pool, with its sums if they are wished for (reference: `extended_liquidity_pool_object`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ExtendedLiquidityPool {
    /// The pool.
    #[wire(base)]
    pub pool: LiquidityPool,
    /// What happened in it.
    pub statistics: Option<LiquidityPoolTicker>,
}

/// Defines the sums with how they add up, subtract and look in JSON under a prefix.
macro_rules! sums {
    ($($name:ident: $type:ty),* $(,)?) => {
        /// What was put into a pool, taken out of it and exchanged, and how often.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
        #[wire(plain)]
        #[allow(missing_docs)]
        pub struct PoolSums { $(pub $name: $type),* }

        impl PoolSums {
            /// Adds others.
            pub fn add(&mut self, other: &Self) {
                $(self.$name = self.$name.wrapping_add(other.$name);)*
            }

            /// Takes others away.
            pub fn take(&mut self, other: &Self) {
                $(self.$name = self.$name.wrapping_sub(other.$name);)*
            }

            /// The names of its members in the ticker, behind those of the 24 hours and of all
            /// time.
            const MEMBERS: &'static [(&'static str, &'static str)] = &[$((
                concat!("_24h_", stringify!($name)),
                concat!("total_", stringify!($name)),
            )),*];
        }
    };
}
sums! {
    deposit_count: u64,
    deposit_amount_a: u128,
    deposit_amount_b: u128,
    deposit_share_amount: u128,
    withdrawal_count: u64,
    withdrawal_amount_a: u128,
    withdrawal_amount_b: u128,
    withdrawal_share_amount: u128,
    withdrawal_fee_a: u128,
    withdrawal_fee_b: u128,
    exchange_a2b_count: u64,
    exchange_a2b_amount_a: u128,
    exchange_a2b_amount_b: u128,
    exchange_b2a_count: u64,
    exchange_b2a_amount_a: u128,
    exchange_b2a_amount_b: u128,
    exchange_fee_a: u128,
    exchange_fee_b: u128,
}

/// The sums of a pool (reference: `liquidity_pool_ticker_object`); its instance number is the
/// pool's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LiquidityPoolTicker {
    /// Id.
    pub id: Id<5, 6>,
    /// Of the last 24 hours.
    pub day: PoolSums,
    /// By how much the balance of asset a grew in the last 24 hours.
    pub day_balance_delta_a: i64,
    /// By how much the balance of asset b grew in the last 24 hours.
    pub day_balance_delta_b: i64,
    /// Of all time.
    pub total: PoolSums,
}

const DELTA_A: &str = "_24h_balance_delta_a";
const DELTA_B: &str = "_24h_balance_delta_b";

/// The members of one object: the sums stand in it side by side, told apart by the beginnings of
/// their names.
impl Json for LiquidityPoolTicker {
    fn to_json(&self) -> Value {
        let values = |sums: &PoolSums| {
            let json = sums.to_json();
            json.as_object().into_iter().flatten().map(|(_, value)| value.clone()).collect()
        };
        let (day, total): (Vec<Value>, Vec<Value>) = (values(&self.day), values(&self.total));
        let names = PoolSums::MEMBERS.iter();
        let mut members = vec![("id", self.id.to_json())];
        members.extend(names.clone().zip(day).map(|((name, _), value)| (*name, value)));
        members.push((DELTA_A, self.day_balance_delta_a.to_json()));
        members.push((DELTA_B, self.day_balance_delta_b.to_json()));
        members.extend(names.zip(total).map(|((_, name), value)| (*name, value)));
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let sums = |prefix: &str| {
            let members = value.as_object().into_iter().flatten();
            let own = members.filter_map(|(name, v)| Some((name.strip_prefix(prefix)?, v.clone())));
            PoolSums::from_json(&own.map(|(name, v)| (name.to_owned(), v)).collect())
        };
        let delta = |name: &str| value.get(name).map_or(Ok(0), i64::from_json);
        Ok(Self {
            id: value.get("id").map_or(Ok(Id(0)), Json::from_json)?,
            day: sums("_24h_")?,
            day_balance_delta_a: delta(DELTA_A)?,
            day_balance_delta_b: delta(DELTA_B)?,
            total: sums("total_")?,
        })
    }
}

in_every_dialect!([] LiquidityPoolTicker);

impl Pack for LiquidityPoolTicker {
    fn pack(&self, out: &mut Vec<u8>) {
        self.id.pack(out);
        self.day.pack(out);
        self.day_balance_delta_a.pack(out);
        self.day_balance_delta_b.pack(out);
        self.total.pack(out);
    }

    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(Self {
            id: Pack::unpack(input)?,
            day: Pack::unpack(input)?,
            day_balance_delta_a: Pack::unpack(input)?,
            day_balance_delta_b: Pack::unpack(input)?,
            total: Pack::unpack(input)?,
        })
    }
}

impl Reflect for LiquidityPoolTicker {
    fn kind() -> Kind {
        Kind::Other
    }
    fn view(&self) -> View<'_> {
        View::Other
    }
}
