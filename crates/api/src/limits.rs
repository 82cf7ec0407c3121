//! The most that methods give in one answer (reference: `application_options` in
//! `application.hpp`).

use crate::ApiError;
use crate::refusal::ApiRefusal;
use serde_json::{Map, Value};

macro_rules! limits {
    ($($name:ident = $default:literal;)*) => {
        /// The most that methods give in one answer, or are asked about in one call, by method.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub struct Limits { $(pub $name: u32),* }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default),* }
            }
        }

        impl Limits {
            /// Adds the limits to an object, under the names of the options that set them.
            pub fn describe(&self, members: &mut Map<String, Value>) {
                $(members.insert(
                    concat!("api_limit_", stringify!($name)).to_owned(),
                    Value::from(self.$name),
                );)*
            }
        }
    };
}
limits! {
    get_account_history = 100;
    get_account_history_operations = 100;
    get_account_history_by_operations = 100;
    get_relative_account_history = 100;
    get_market_history = 200;
    get_trade_history = 100;
    get_trade_history_by_sequence = 100;
    get_liquidity_pool_history = 101;
    get_top_markets = 100;
    get_assets = 101;
    get_asset_holders = 100;
    get_key_references = 100;
    get_full_accounts = 50;
    get_full_accounts_lists = 500;
    get_full_accounts_subscribe = 100;
    get_top_voters = 200;
    get_limit_orders = 300;
    get_limit_orders_by_account = 101;
    get_account_limit_orders = 101;
    get_grouped_limit_orders = 101;
    get_order_book = 50;
    get_call_orders = 300;
    get_settle_orders = 300;
    get_collateral_bids = 100;
    lookup_accounts = 1_000;
    lookup_witness_accounts = 1_000;
    lookup_committee_member_accounts = 1_000;
    lookup_vote_ids = 1_000;
    list_htlcs = 100;
    get_htlc_by = 100;
    get_withdraw_permissions_by_giver = 101;
    get_withdraw_permissions_by_recipient = 101;
    get_tickets = 101;
    get_liquidity_pools = 101;
    get_samet_funds = 101;
    get_credit_offers = 101;
    get_storage_info = 101;
}

/// Refuses a wish for more than `most`.
pub(crate) fn limited(limit: u32, most: u32) -> Result<usize, ApiError> {
    if limit > most {
        return Err(ApiRefusal::LimitTooLarge { limit, most }.into());
    }
    Ok(limit as usize)
}

/// Refuses a question about more than `most` things.
pub(crate) fn at_most(
    count: usize,
    most: u32,
    too_many: fn(usize, u32) -> ApiRefusal,
) -> Result<(), ApiError> {
    if count > most as usize {
        return Err(too_many(count, most).into());
    }
    Ok(())
}
