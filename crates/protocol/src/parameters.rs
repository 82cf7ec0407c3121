//! The parameters the committee sets (reference: `protocol/chain_parameters.hpp`).

use crate::Rejected;
use crate::constants::*;
use crate::fees::FeeSchedule;
use crate::reference_words::{self as asked, Asked};
use carbyne_wire::Wire;

/// Parameters of the chain; changes take effect at the next maintenance.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct ChainParameters {
    /// What every operation costs.
    pub current_fees: Box<FeeSchedule>,
    /// Seconds between blocks.
    pub block_interval: u8,
    /// Seconds between maintenances.
    pub maintenance_interval: u32,
    /// Block intervals left out after a maintenance.
    pub maintenance_skip_slots: u8,
    /// Seconds before its expiration in which a committee proposal may not be approved.
    pub committee_proposal_review_period: u32,
    /// Largest transaction, in bytes.
    pub maximum_transaction_size: u32,
    /// Largest block, in bytes.
    pub maximum_block_size: u32,
    /// Longest life of a transaction, in seconds.
    pub maximum_time_until_expiration: u32,
    /// Longest life of a proposal, in seconds.
    pub maximum_proposal_lifetime: u32,
    /// Most accounts an asset may name in its whitelist or blacklist.
    pub maximum_asset_whitelist_authorities: u8,
    /// Most feed producers of an asset.
    pub maximum_asset_feed_publishers: u8,
    /// Most active witnesses.
    pub maximum_witness_count: u16,
    /// Most active committee members.
    pub maximum_committee_count: u16,
    /// Most keys and accounts in an authority.
    pub maximum_authority_membership: u16,
    /// Part of the network's share of a fee that is taken out of circulation, in basis points.
    pub reserve_percent_of_fee: u16,
    /// Part of a fee for the network, in basis points.
    pub network_percent_of_fee: u16,
    /// Part of a fee for the lifetime referrer, in basis points.
    pub lifetime_referrer_percent_of_fee: u16,
    /// Seconds until cashback is vested.
    pub cashback_vesting_period_seconds: u32,
    /// Fees above this many smallest units of core vest.
    pub cashback_vesting_threshold: i64,
    /// Whether accounts that are not members may vote.
    pub count_non_member_votes: bool,
    /// Whether accounts that are not members may list others.
    pub allow_non_member_whitelists: bool,
    /// Pay of a witness per block, in smallest units of core.
    pub witness_pay_per_block: i64,
    /// Pay of all workers per day, in smallest units of core.
    pub worker_budget_per_day: i64,
    /// Kinds of predicates that `assert` may use are below this number.
    pub max_predicate_opcode: u16,
    /// Not used.
    pub fee_liquidation_threshold: i64,
    /// Registrations per maintenance interval after which their fee is raised.
    pub accounts_per_fee_scale: u16,
    /// Bits by which the registration fee is raised each time.
    pub account_fee_scale_bitshifts: u8,
    /// How deep accounts may stand in the authorities of others.
    pub max_authority_depth: u8,
    /// Parameters added later.
    pub extensions: ParameterExtensions,
}

refusals! {
    /// Why parameters cannot be set.
    pub enum ParameterRefusal {
        /// A part of a fee above all of it.
        PercentTooLarge { percent: u32, asked: Asked }: "a part of {percent} of a fee is above \
            100 %",
        /// A block interval out of its range.
        BlockInterval { seconds: u8, asked: Asked }: "a block interval of {seconds} seconds is \
            not possible",
        /// Maintenance as often as blocks, or more often.
        MaintenanceTooOften { seconds: u32 }:
            "a maintenance interval of {seconds} seconds is not longer than a block interval",
        /// Maintenance between blocks.
        MaintenanceBetweenBlocks { seconds: u32 }:
            "a maintenance interval of {seconds} seconds is no multiple of the block interval",
        /// A limit of the transaction size that is too low.
        TransactionSizeTooLow { bytes: u32 }:
            "transactions of at least {bytes} bytes only are too small a limit",
        /// A limit of the block size that is too low.
        BlockSizeTooLow { bytes: u32 }: "blocks of at most {bytes} bytes are too small a limit",
        /// Transactions that could not reach a block.
        ExpirationTooShort { seconds: u32 }:
            "transactions that live {seconds} seconds could not reach a block",
        /// A review that leaves no time to approve.
        ReviewTooLong { seconds: u32 }: "a review of {seconds} seconds leaves no time to approve",
        /// Too large a part of market fees for the network.
        MarketFeePercentTooLarge { percent: u16 }:
            "{percent} basis points of market fees for the network are above 30%",
        /// More of the order fee given back to makers than they paid.
        MakerDiscountTooLarge { percent: u16 }:
            "a discount of {percent} basis points for makers is above 100%",
    }
}

impl ChainParameters {
    /// Part of market fees for the network, in basis points.
    pub fn market_fee_network_percent(&self) -> u16 {
        self.extensions.market_fee_network_percent.unwrap_or(0)
    }

    /// Part of the order fee given back to makers, in basis points.
    pub fn maker_fee_discount_percent(&self) -> u16 {
        self.extensions.maker_fee_discount_percent.unwrap_or(0)
    }

    /// Refuses parameters with which the chain could not go on.
    pub fn validate(&self) -> Result<(), Rejected> {
        self.validate_percentages()?;
        self.validate_intervals()?;
        self.validate_limits()?;
        self.validate_extensions()
    }

    fn validate_percentages(&self) -> Result<(), Rejected> {
        let (network, lifetime) = (
            u32::from(self.network_percent_of_fee),
            u32::from(self.lifetime_referrer_percent_of_fee),
        );
        let both = network.saturating_add(lifetime);
        let parts = [
            (u32::from(self.reserve_percent_of_fee), asked::parameters::RESERVE_PERCENT),
            (network, asked::parameters::NETWORK_PERCENT),
            (lifetime, asked::parameters::LIFETIME_PERCENT),
            (both, asked::parameters::NETWORK_AND_LIFETIME_PERCENT),
        ];
        for (percent, asked) in parts {
            let fits = percent <= u32::from(PERCENT_100);
            ensure!(fits, ParameterRefusal::PercentTooLarge { percent, asked });
        }
        Ok(())
    }

    fn validate_extensions(&self) -> Result<(), Rejected> {
        let percent = self.market_fee_network_percent();
        ensure!(
            percent <= MAX_MARKET_FEE_NETWORK_PERCENT,
            ParameterRefusal::MarketFeePercentTooLarge { percent }
        );
        let percent = self.maker_fee_discount_percent();
        ensure!(percent <= PERCENT_100, ParameterRefusal::MakerDiscountTooLarge { percent });
        Ok(())
    }

    fn validate_intervals(&self) -> Result<(), Rejected> {
        let seconds = self.block_interval;
        let asked = asked::parameters::BLOCK_INTERVAL_LEAST;
        let refusal = ParameterRefusal::BlockInterval { seconds, asked };
        ensure!(seconds >= MIN_BLOCK_INTERVAL, refusal);
        let asked = asked::parameters::BLOCK_INTERVAL_MOST;
        let refusal = ParameterRefusal::BlockInterval { seconds, asked };
        ensure!(seconds <= MAX_BLOCK_INTERVAL, refusal);
        let block = u32::from(seconds);
        let seconds = self.maintenance_interval;
        ensure!(seconds > block, ParameterRefusal::MaintenanceTooOften { seconds });
        ensure!(
            seconds.is_multiple_of(block),
            ParameterRefusal::MaintenanceBetweenBlocks { seconds }
        );
        Ok(())
    }

    fn validate_limits(&self) -> Result<(), Rejected> {
        let bytes = self.maximum_transaction_size;
        ensure!(
            bytes >= MIN_TRANSACTION_SIZE_LIMIT,
            ParameterRefusal::TransactionSizeTooLow { bytes }
        );
        let bytes = self.maximum_block_size;
        ensure!(bytes >= MIN_BLOCK_SIZE_LIMIT, ParameterRefusal::BlockSizeTooLow { bytes });
        let block = u32::from(self.block_interval);
        let seconds = self.maximum_time_until_expiration;
        ensure!(seconds > block, ParameterRefusal::ExpirationTooShort { seconds });
        // A review longer than the lifetime wraps at 32 bits and passes, as in the reference.
        let seconds = self.committee_proposal_review_period;
        ensure!(
            self.maximum_proposal_lifetime.wrapping_sub(seconds) > block,
            ParameterRefusal::ReviewTooLong { seconds }
        );
        Ok(())
    }
}

/// Parameters added after launch.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct ParameterExtensions {
    /// Limits of hashed time-lock contracts.
    pub updatable_htlc_options: Option<HtlcOptions>,
    /// Limits of custom authorities.
    pub custom_authority_options: Option<CustomAuthorityOptions>,
    /// Part of market fees for the network, in basis points.
    pub market_fee_network_percent: Option<u16>,
    /// Part of the order fee given back to makers, in basis points.
    pub maker_fee_discount_percent: Option<u16>,
}

/// Limits of hashed time-lock contracts.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct HtlcOptions {
    /// Longest life, in seconds.
    pub max_timeout_secs: u32,
    /// Largest preimage, in bytes.
    pub max_preimage_size: u32,
}

/// Limits of custom authorities (BSIP 40).
#[derive(Clone, Debug, PartialEq, Wire)]
#[wire(plain)]
pub struct CustomAuthorityOptions {
    /// Longest life, in seconds.
    pub max_custom_authority_lifetime_seconds: u32,
    /// Most of one account.
    pub max_custom_authorities_per_account: u32,
    /// Most of one account for one operation.
    pub max_custom_authorities_per_account_op: u32,
    /// Most restrictions in one.
    pub max_custom_authority_restrictions: u32,
}

impl Default for CustomAuthorityOptions {
    fn default() -> Self {
        Self {
            max_custom_authority_lifetime_seconds: 60 * 60 * 24 * 30,
            max_custom_authorities_per_account: 10,
            max_custom_authorities_per_account_op: 3,
            max_custom_authority_restrictions: 10,
        }
    }
}

impl Default for ChainParameters {
    fn default() -> Self {
        Self {
            current_fees: Box::new(FeeSchedule::with_defaults()),
            block_interval: 5,
            maintenance_interval: 86_400,
            maintenance_skip_slots: 3,
            committee_proposal_review_period: 60 * 60 * 24 * 7 * 2,
            maximum_transaction_size: 2_048,
            maximum_block_size: 2_000_000,
            maximum_time_until_expiration: 86_400,
            maximum_proposal_lifetime: 60 * 60 * 24 * 7 * 4,
            maximum_asset_whitelist_authorities: 10,
            maximum_asset_feed_publishers: 10,
            maximum_witness_count: 1_001,
            maximum_committee_count: 1_001,
            maximum_authority_membership: 10,
            reserve_percent_of_fee: 2_000,
            network_percent_of_fee: 2_000,
            lifetime_referrer_percent_of_fee: 3_000,
            cashback_vesting_period_seconds: 60 * 60 * 24 * 365,
            cashback_vesting_threshold: 10_000_000,
            count_non_member_votes: true,
            allow_non_member_whitelists: false,
            witness_pay_per_block: 1_000_000,
            worker_budget_per_day: 50_000_000_000,
            max_predicate_opcode: 1,
            fee_liquidation_threshold: 10_000_000,
            accounts_per_fee_scale: 1_000,
            account_fee_scale_bitshifts: 4,
            max_authority_depth: 2,
            extensions: ParameterExtensions::default(),
        }
    }
}

/// Parameters the committee cannot change.
#[derive(Clone, Debug, PartialEq, Eq, Wire)]
#[wire(plain)]
pub struct ImmutableParameters {
    /// Fewest committee members; odd.
    pub min_committee_member_count: u16,
    /// Fewest witnesses; odd.
    pub min_witness_count: u16,
    /// Reserved accounts.
    pub num_special_accounts: u32,
    /// Reserved assets.
    pub num_special_assets: u32,
}

impl Default for ImmutableParameters {
    fn default() -> Self {
        Self {
            min_committee_member_count: 11,
            min_witness_count: 11,
            num_special_accounts: 0,
            num_special_assets: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(change: fn(&mut ChainParameters), wanted: &str) {
        let mut parameters = ChainParameters::default();
        change(&mut parameters);
        let outcome = parameters.validate();
        assert_eq!(outcome.map_or_else(|refusal| refusal.reason(), |()| "ok"), wanted);
    }

    #[test]
    fn the_parts_of_a_fee_are_not_more_than_all_of_it() {
        check(|p| p.reserve_percent_of_fee = 10_001, "ParameterRefusal::PercentTooLarge");
        check(|p| p.network_percent_of_fee = 7_001, "ParameterRefusal::PercentTooLarge");
        check(|p| p.network_percent_of_fee = 7_000, "ok");
        check(
            |p| p.extensions.market_fee_network_percent = Some(3_001),
            "ParameterRefusal::MarketFeePercentTooLarge",
        );
        check(
            |p| p.extensions.maker_fee_discount_percent = Some(10_001),
            "ParameterRefusal::MakerDiscountTooLarge",
        );
    }

    #[test]
    fn intervals_fit_into_each_other() {
        check(|p| p.block_interval = 0, "ParameterRefusal::BlockInterval");
        check(|p| p.block_interval = 31, "ParameterRefusal::BlockInterval");
        check(|p| p.maintenance_interval = 5, "ParameterRefusal::MaintenanceTooOften");
        check(|p| p.maintenance_interval = 12, "ParameterRefusal::MaintenanceBetweenBlocks");
        check(|p| p.maximum_time_until_expiration = 5, "ParameterRefusal::ExpirationTooShort");
        check(
            |p| p.committee_proposal_review_period = p.maximum_proposal_lifetime - 5,
            "ParameterRefusal::ReviewTooLong",
        );
        check(|p| p.committee_proposal_review_period = p.maximum_proposal_lifetime + 1, "ok");
    }

    #[test]
    fn blocks_and_transactions_have_room() {
        check(|p| p.maximum_transaction_size = 1_023, "ParameterRefusal::TransactionSizeTooLow");
        check(|p| p.maximum_block_size = 5_119, "ParameterRefusal::BlockSizeTooLow");
        check(|p| (p.maximum_transaction_size, p.maximum_block_size) = (1_024, 5_120), "ok");
    }
}
