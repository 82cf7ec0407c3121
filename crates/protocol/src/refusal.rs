//! Why something is refused: one typed variant per reason, with the numbers that decided.
//!
//! Each file of rules defines its own reasons with [`refusals!`], in our words; [`Rejected`]
//! carries any of them outwards. The error codes are the reference's (its `exceptions.cpp`),
//! because clients switch on them. What the reference says beside them is in
//! [`crate::reference_words`].

use crate::reference_words::ReferenceWords;
use std::fmt;
use std::sync::Arc;

/// An error code of the reference with its name and its short text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The number clients see in `error.data.code`.
    pub number: u32,
    /// The name in `error.data.name`.
    pub name: &'static str,
    /// The short text in `error.data.message`.
    pub what: &'static str,
}

impl ErrorCode {
    /// The short text of the code, then `words`, if there are any.
    pub fn say(&self, words: &str) -> String {
        let what = self.what;
        if words.is_empty() { format!("{what}:") } else { format!("{what}: {words}") }
    }
}

/// A reason to refuse, which displays what is wrong in our words.
pub trait Refusal: ReferenceWords + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// The reference's code for it: plain assertion unless the reference has a code of its own.
    fn code(&self) -> ErrorCode {
        code::ASSERT
    }

    /// `Enum::Variant`, for tests and for lists of what can be refused.
    fn reason(&self) -> &'static str;
}

/// Any refusal. Shared, since what is known of a transaction keeps the reason it is refused for.
#[derive(Clone)]
pub struct Rejected(Arc<dyn Refusal>);

impl Rejected {
    /// The reference's error code.
    pub fn code(&self) -> ErrorCode {
        self.0.code()
    }

    /// `Enum::Variant` of the reason.
    pub fn reason(&self) -> &'static str {
        self.0.reason()
    }

    /// What the reference says after the name of its code; nothing for some codes.
    pub fn reference_words(&self) -> String {
        Words(self.0.as_ref()).to_string()
    }

    /// What proposals store and clients read, in the reference's words.
    pub fn words(&self) -> String {
        self.code().say(&self.reference_words())
    }
}

/// A reason that displays the reference's words for it.
struct Words<'a>(&'a dyn Refusal);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_reference_words(f)
    }
}

impl<R: Refusal> From<R> for Rejected {
    fn from(refusal: R) -> Self {
        Self(Arc::new(refusal))
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Defines an enum of reasons. A variant may name an error code of [`code`]; its text is ours and
/// may use its fields. `reference_words!` adds the reference's.
///
/// ```ignore
/// refusals! {
///     /// Why a tip is refused.
///     pub enum TipRefusal {
///         /// The tip is larger than what the account has.
///         BalanceTooLow { has: i64, needs: i64 }: "has {has}, needs {needs}",
///         /// The account may not tip.
///         NotWhitelisted { account: AccountId } [TRANSFER_FROM_NOT_WHITELISTED]:
///             "{account} may not",
///     }
/// }
/// ```
#[macro_export]
macro_rules! refusals {
    ($(#[$meta:meta])* pub enum $name:ident { $(
        $(#[$variant_meta:meta])*
        $variant:ident $({ $($field:ident : $type:ty),* $(,)? })? $([$code:ident])? : $text:literal
    ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name { $(
            $(#[$variant_meta])*
            $variant $({ $(#[allow(missing_docs)] $field: $type),* })?
        ),* }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                #[allow(unused_variables)] // A text may keep numbers to itself.
                match self { $(Self::$variant $({ $($field),* })? => write!(f, $text)),* }
            }
        }

        impl $crate::Refusal for $name {
            fn code(&self) -> $crate::ErrorCode {
                match self { $(Self::$variant { .. } => $crate::refusals!(@code $($code)?)),* }
            }
            fn reason(&self) -> &'static str {
                match self { $(Self::$variant { .. } =>
                    concat!(stringify!($name), "::", stringify!($variant))),* }
            }
        }
    };
    (@code) => { $crate::code::ASSERT };
    (@code $code:ident) => { $crate::code::$code };
}

/// Gives the reference's words to every variant of an enum of reasons. A text may use the fields
/// that are named.
///
/// ```ignore
/// reference_words! { TipRefusal {
///     BalanceTooLow => "d.get_balance( op.from ) >= op.tip: Insufficient balance",
///     NotWhitelisted { account } => "{account} is not whitelisted",
/// } }
/// ```
#[macro_export]
macro_rules! reference_words {
    ($name:ident { $(
        $variant:ident $({ $($field:ident),* })? => $text:literal
    ),* $(,)? }) => {
        impl $crate::reference_words::ReferenceWords for $name {
            fn write_reference_words(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $(Self::$variant { $($($field,)*)? .. } => write!(f, $text)),* }
            }
        }
    };
}

/// Defines what the reference asks at places that share a reason.
#[macro_export]
macro_rules! questions {
    ($($name:ident = $text:literal;)*) => {
        $(
            #[allow(missing_docs)]
            pub const $name: $crate::reference_words::Asked =
                $crate::reference_words::Asked::new($text);
        )*
    };
}

/// Refuses with `reason` unless `condition` holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $reason:expr $(,)?) => {
        if !$condition {
            return Err($reason.into());
        }
    };
}

/// The error codes of the reference.
pub mod code {
    use super::ErrorCode;

    macro_rules! codes {
        ($($const:ident = $number:literal $name:literal $what:literal;)*) => {
            $(
                #[allow(missing_docs)]
                pub const $const: ErrorCode =
                    ErrorCode { number: $number, name: $name, what: $what };
            )*
        };
    }

    codes! {
        UNSPECIFIED = 0 "exception" "unspecified";
        ASSERT = 10 "assert_exception" "Assert Exception";
        OUT_OF_RANGE_VALUE = 8 "out_of_range_exception" "Out of Range";
        OUT_OF_RANGE = 13 "St12out_of_range" "out of range";
        INVALID_INDEX = 13 "St12out_of_range" "Invalid index to fc::typelist::runtime::dispatch()";
        NEGATIVE_INDEX = 13
            "St12out_of_range" "Negative index to fc::typelist::runtime::dispatch()";
        OVERFLOW = 19 "overflow" "Integer Overflow";
        UNDERFLOW = 20 "underflow" "Integer Underflow";
        DIVIDE_BY_ZERO = 21 "divide_by_zero" "Integer Divide By Zero";
        DUPLICATE_TRANSACTION = 3030001 "duplicate_transaction" "duplicate transaction";
        TRANSFER_FROM_NOT_WHITELISTED =
            3050001 "transfer_from_account_not_whitelisted" "owner mismatch";
        TRANSFER_TO_NOT_WHITELISTED =
            3050002 "transfer_to_account_not_whitelisted" "owner mismatch";
        TRANSFER_RESTRICTED_ASSET =
            3050003 "transfer_restricted_transfer_asset" "restricted transfer asset";
        LIMIT_ORDER_KILL_UNFILLED = 3050101 "limit_order_create_kill_unfilled"
            "Killing limit order due to unable to fill";
        LIMIT_ORDER_MARKET_NOT_WHITELISTED = 3050102 "limit_order_create_market_not_whitelisted"
            "The market has not been whitelisted by the selling asset";
        LIMIT_ORDER_MARKET_BLACKLISTED = 3050103 "limit_order_create_market_blacklisted"
            "The market has been blacklisted by the selling asset";
        LIMIT_ORDER_SELLING_UNAUTHORIZED = 3050104 "limit_order_create_selling_asset_unauthorized"
            "The account is not allowed to transact the selling asset";
        LIMIT_ORDER_RECEIVING_UNAUTHORIZED =
            3050105 "limit_order_create_receiving_asset_unauthorized"
            "The account is not allowed to transact the receiving asset";
        LIMIT_ORDER_INSUFFICIENT_BALANCE =
            3050106 "limit_order_create_insufficient_balance" "Insufficient balance";
        LIMIT_ORDER_CANCEL_NONEXIST = 3050201 "limit_order_cancel_nonexist_order"
            "Order does not exist";
        LIMIT_ORDER_CANCEL_OWNER_MISMATCH = 3050202 "limit_order_cancel_owner_mismatch"
            "Order owned by someone else";
        CALL_ORDER_UNFILLED_MARGIN_CALL = 3050301 "call_order_update_unfilled_margin_call"
            "Updating call order would trigger a margin call that cannot be fully filled";
        ACCOUNT_CREATE_MAX_AUTH_EXCEEDED = 3050501 "account_create_max_auth_exceeded"
            "Exceeds max authority fan-out";
        ACCOUNT_CREATE_AUTH_ACCOUNT_NOT_FOUND = 3050502 "account_create_auth_account_not_found"
            "Auth account not found";
        ACCOUNT_CREATE_BUYBACK_INCORRECT_ISSUER = 3050503 "account_create_buyback_incorrect_issuer"
            "Incorrect issuer specified for account";
        ACCOUNT_CREATE_BUYBACK_ALREADY_EXISTS = 3050504 "account_create_buyback_already_exists"
            "Cannot create buyback for asset which already has buyback";
        ACCOUNT_CREATE_BUYBACK_TOO_MANY_MARKETS =
            3050505 "account_create_buyback_too_many_markets" "Too many buyback markets";
        ACCOUNT_UPDATE_MAX_AUTH_EXCEEDED = 3050601 "account_update_max_auth_exceeded"
            "Exceeds max authority fan-out";
        ACCOUNT_UPDATE_AUTH_ACCOUNT_NOT_FOUND = 3050602 "account_update_auth_account_not_found"
            "Auth account not found";
        ASSET_RESERVE_INVALID_ON_MIA = 3051501 "asset_reserve_invalid_on_mia" "invalid on mia";
        PROPOSAL_CREATE_REVIEW_PERIOD_REQUIRED = 3052201 "proposal_create_review_period_required"
            "review_period required";
        PROPOSAL_CREATE_REVIEW_PERIOD_INSUFFICIENT =
            3052202 "proposal_create_review_period_insufficient" "review_period insufficient";
        BALANCE_CLAIM_CLAIMED_TOO_OFTEN = 3053701 "balance_claim_claimed_too_often"
            "balance claimed too often";
        BALANCE_CLAIM_INVALID_CLAIM_AMOUNT = 3053702 "balance_claim_invalid_claim_amount"
            "invalid claim amount";
        BALANCE_CLAIM_OWNER_MISMATCH = 3053703 "balance_claim_owner_mismatch" "owner mismatch";
        OVERRIDE_TRANSFER_NOT_PERMITTED = 3053801 "override_transfer_not_permitted" "not permitted";
        BLIND_TRANSFER_UNKNOWN_COMMITMENT = 3054001 "blind_transfer_unknown_commitment"
            "Attempting to claim an unknown prior commitment";
        LIQUIDITY_POOL_EXCHANGE_UNFILLABLE_PRICE =
            3056301 "liquidity_pool_exchange_unfillable_price"
            "Unable to exchange at expected price";
        LIMIT_ORDER_UPDATE_NONEXIST = 3057701 "limit_order_update_nonexist_order"
            "Order does not exist";
        LIMIT_ORDER_UPDATE_OWNER_MISMATCH = 3057702 "limit_order_update_owner_mismatch"
            "Order owned by someone else";
        UNDO_DATABASE = 3070000 "undo_database_exception" "undo database exception";
        POP_EMPTY_CHAIN = 3070001 "pop_empty_chain" "there are no blocks to pop";
        UNLINKABLE_BLOCK = 3080000 "unlinkable_block_exception" "unlinkable block";
        BLOCK_FROM_THE_FUTURE = 90007 "block_timestamp_in_future_exception"
            "block timestamp in the future";
        BLACK_SWAN = 3090000 "black_swan_exception" "black swan";
        INSUFFICIENT_FEEDS = 37006 "insufficient_feeds" "insufficient feeds";
        MISSING_ACTIVE_AUTHORITY = 4010001 "tx_missing_active_auth"
            "missing required active authority";
        MISSING_OWNER_AUTHORITY = 4010002 "tx_missing_owner_auth"
            "missing required owner authority";
        MISSING_OTHER_AUTHORITY = 4010003 "tx_missing_other_auth"
            "missing required other authority";
        IRRELEVANT_SIGNATURE = 4010004 "tx_irrelevant_sig" "irrelevant signature included";
        DUPLICATE_SIGNATURE = 4010005 "tx_duplicate_sig" "duplicate signature included";
        INVALID_COMMITTEE_APPROVAL = 4010006 "invalid_committee_approval"
            "committee account cannot directly approve transaction";
        INSUFFICIENT_FEE = 4010007 "insufficient_fee" "insufficient fee";
    }
}
