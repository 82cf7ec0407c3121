//! Constants of the protocol (reference: `protocol/config.hpp`, `chain/config.hpp`). Share amounts
//! are in the smallest unit of their asset, percentages in basis points (1/100 of a percent), times
//! in seconds.

use crate::ids::{AccountId, AssetId};

/// No asset may have more shares than this.
pub const MAX_SHARE_SUPPLY: i64 = 1_000_000_000_000_000;
/// Decimal places of the core asset.
pub const CORE_PRECISION_DIGITS: u8 = 5;
/// 100 % in basis points.
pub const PERCENT_100: u16 = 10_000;
/// 1 % in basis points.
pub const PERCENT_1: u16 = 100;
/// Denominator of collateral ratios.
pub const COLLATERAL_RATIO_DENOM: u16 = 1_000;
/// Least collateral ratio that may be set.
pub const MIN_COLLATERAL_RATIO: u16 = 1_001;
/// Greatest collateral ratio that may be set.
pub const MAX_COLLATERAL_RATIO: u16 = 32_000;
/// Longest account name, in bytes.
pub const MAX_ACCOUNT_NAME_LENGTH: usize = 63;
/// Shortest account name, in bytes.
pub const MIN_ACCOUNT_NAME_LENGTH: usize = 1;
/// Shortest asset symbol, in bytes.
pub const MIN_ASSET_SYMBOL_LENGTH: usize = 3;
/// Longest asset symbol, in bytes.
pub const MAX_ASSET_SYMBOL_LENGTH: usize = 16;
/// Longest URL of a witness, committee member or worker, in bytes.
pub const MAX_URL_LENGTH: usize = 127;
/// Shortest block interval that may be set, in seconds.
pub const MIN_BLOCK_INTERVAL: u8 = 1;
/// Longest block interval that may be set, in seconds.
pub const MAX_BLOCK_INTERVAL: u8 = 30;
/// Least limit of the transaction size that may be set, in bytes.
pub const MIN_TRANSACTION_SIZE_LIMIT: u32 = 1_024;
/// Least limit of the block size that may be set, in bytes: five transactions.
pub const MIN_BLOCK_SIZE_LIMIT: u32 = 5 * MIN_TRANSACTION_SIZE_LIMIT;
/// Greatest part of market fees for the network that may be set, in basis points.
pub const MAX_MARKET_FEE_NETWORK_PERCENT: u16 = 30 * PERCENT_1;
/// Longest name of a worker, in bytes.
pub const MAX_WORKER_NAME_LENGTH: usize = 63;
/// A buyback account buys in fewer markets than this.
pub const MAX_BUYBACK_MARKETS: usize = 4;
/// Seconds in a day.
pub const SECONDS_PER_DAY: u32 = 86_400;

/// The core asset.
pub const CORE: AssetId = carbyne_wire::Id(0);
/// The current committee; its proposals have a review period.
pub const COMMITTEE_ACCOUNT: AccountId = carbyne_wire::Id(0);
/// The current witnesses.
pub const WITNESS_ACCOUNT: AccountId = carbyne_wire::Id(1);
/// The current committee, without a review period.
pub const RELAXED_COMMITTEE_ACCOUNT: AccountId = carbyne_wire::Id(2);
/// Nobody can sign for it.
pub const NULL_ACCOUNT: AccountId = carbyne_wire::Id(3);
/// Anybody may act for it.
pub const TEMP_ACCOUNT: AccountId = carbyne_wire::Id(4);
/// As a voting account: votes directly.
pub const PROXY_TO_SELF_ACCOUNT: AccountId = carbyne_wire::Id(5);

/// Weight of the active witnesses that must have built on a block before it is irreversible, in
/// basis points.
pub const IRREVERSIBLE_THRESHOLD: u16 = 70 * PERCENT_1;
/// Most blocks above the last irreversible one.
pub const MAX_UNDO_HISTORY: u32 = 10_000;
/// What a missed block adds to the count of recently missed ones.
pub const RECENTLY_MISSED_COUNT_INCREMENT: u32 = 4;
/// What a produced block takes from the count of recently missed ones.
pub const RECENTLY_MISSED_COUNT_DECREMENT: u32 = 3;

/// Symbol of the core asset.
pub const CORE_SYMBOL: &str = "BTS";
/// Part of a fee for the network where nothing else is said, in basis points.
pub const DEFAULT_NETWORK_PERCENT_OF_FEE: u16 = 20 * PERCENT_1;
/// Seconds until a witness's pay is vested; a parameter that no message carries and so never
/// changes.
pub const WITNESS_PAY_VESTING_SECONDS: u32 = 86_400;
