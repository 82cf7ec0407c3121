//! The most that methods take and give at once (reference: `application_options` in
//! `application.hpp`), and the refusals that say so.

use crate::ApiError;
use crate::refusal::ApiRefusal;
use serde_json::{Map, Value};
use std::fmt;

macro_rules! limits {
    (reference { $($theirs:ident = $their_default:literal;)* }
     ours { $($ours:ident = $our_default:literal;)* }) => {
        limits! { @all $($theirs = $their_default;)* $($ours = $our_default;)* }

        impl Limits {
            /// Adds the limits that the reference has too, under the names of the options that set
            /// them.
            pub fn describe(&self, members: &mut Map<String, Value>) {
                $(members.insert(
                    concat!("api_limit_", stringify!($theirs)).to_owned(),
                    Value::from(self.$theirs),
                );)*
            }

            /// Adds all limits under such names.
            pub fn describe_all(&self, members: &mut Map<String, Value>) {
                self.describe(members);
                $(members.insert(
                    concat!("api_limit_", stringify!($ours)).to_owned(),
                    Value::from(self.$ours),
                );)*
            }
        }
    };
    (@all $($name:ident = $default:literal;)*) => {
        /// The most that methods give in one answer, or are asked about in one call, by method; and
        /// what every request and answer may have.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub struct Limits { $(pub $name: u32),* }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default),* }
            }
        }

        impl Limits {
            /// The limit of that name.
            pub fn of(&self, name: &str) -> Option<u32> {
                match name {
                    $(stringify!($name) => Some(self.$name),)*
                    _ => None,
                }
            }
        }
    };
}
limits! {
reference {
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
// What the reference takes and gives without end.
ours {
    request_values = 250_000;
    answer_bytes = 8_388_608;
    get_objects = 1_000;
    get_accounts = 1_000;
    lookup_asset_symbols = 1_000;
    get_witnesses = 1_000;
    get_committee_members = 1_000;
    get_block_header_batch = 100;
    get_blocks = 1_000;
    get_account_balances = 1_000;
    get_balance_objects = 5_000;
    get_vested_balances = 1_000;
    get_blinded_balances = 1_000;
    operation_types = 256;
    list_arguments = 16;
    get_required_fees = 2_000;
    get_required_signatures = 1_000;
    verify_account_authority = 1_000;
    signatures = 100;
    blind_sum = 1_000;
    verify_sum = 1_000;
}
}

/// What is too much for us; what is for the reference, too, is in `refusal.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    /// A list in an argument is too long.
    Items { name: &'static str, most: u32 },
    /// The answer would have too many bytes.
    AnswerBytes { most: u32 },
    /// A transaction is larger than the chain takes, in bytes.
    TransactionBytes { most: u32 },
    /// A request has too many values.
    RequestValues { most: u32 },
}

impl Excess {
    /// Refuses an answer that has more than `most` bytes.
    pub(crate) fn of_answer(bytes: usize, most: u32) -> Result<(), Self> {
        if bytes > most as usize { Err(Self::AnswerBytes { most }) } else { Ok(()) }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Items { name, most } => {
                write!(out, "{name} may have {most} items: see carbyne.get_config")
            }
            Self::AnswerBytes { most } => write!(
                out,
                "the answer would have more than {most} bytes (api_limit_answer_bytes): ask for \
                 less at once"
            ),
            Self::TransactionBytes { most } => write!(
                out,
                "a transaction may have {most} bytes on this chain (maximum_transaction_size)"
            ),
            Self::RequestValues { most } => {
                write!(out, "a request may have {most} values (api_limit_request_values)")
            }
        }
    }
}

impl From<Excess> for ApiError {
    fn from(excess: Excess) -> Self {
        Self::assert(excess.to_string())
    }
}

/// Refuses a wish for more than `most` rows.
pub(crate) fn limited(limit: u32, most: u32) -> Result<usize, ApiError> {
    if limit > most {
        return Err(ApiRefusal::LimitTooLarge { limit, most }.into());
    }
    Ok(limit as usize)
}

/// Refuses a list of an argument with more than `most` items.
pub(crate) fn at_most(count: usize, most: u32, name: &'static str) -> Result<(), ApiError> {
    if count > most as usize {
        return Err(match name {
            "keys" => ApiRefusal::TooManyKeys { count, most }.into(),
            "votes" => ApiRefusal::TooManyVotes { count, most }.into(),
            "names_or_ids" => ApiRefusal::TooManyAccounts { count, most }.into(),
            "ids" => ApiRefusal::TooManyIds { count, most }.into(),
            "asset_symbols_or_ids" => ApiRefusal::TooManyAssets { count, most }.into(),
            name => Excess::Items { name, most }.into(),
        });
    }
    Ok(())
}
