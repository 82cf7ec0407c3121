//! What the reference says about price feeds.

use super::{Asked, Bounds};
use crate::price_feed::PriceFeedRefusal;

reference_words! { PriceFeedRefusal {
    RatioOutOfRange { asked } => "{asked}",
    NoSettlementPrice => "!feed.settlement_price.is_null(): ",
    NoCoreExchangeRate => "!feed.core_exchange_rate.is_null(): ",
    BaseMismatch =>
        "feed.settlement_price.base.asset_id == feed.core_exchange_rate.base.asset_id: ",
    OtherAsset => "feed.is_for( asset_id ): ",
} }

macro_rules! ratio {
    ($name:ident, $member:literal) => {
        #[allow(missing_docs)]
        pub const $name: Bounds = Bounds {
            least: Asked(concat!($member, " >= GRAPHENE_MIN_COLLATERAL_RATIO: ")),
            most: Asked(concat!($member, " <= GRAPHENE_MAX_COLLATERAL_RATIO: ")),
        };
    };
}

ratio!(SQUEEZE_RATIO, "maximum_short_squeeze_ratio");

ratio!(MAINTENANCE_RATIO, "maintenance_collateral_ratio");

ratio!(INITIAL_RATIO, "*extensions.value.initial_collateral_ratio");

ratio!(OPTIONS_MAINTENANCE, "*extensions.value.maintenance_collateral_ratio");

ratio!(OPTIONS_SQUEEZE, "*extensions.value.maximum_short_squeeze_ratio");
