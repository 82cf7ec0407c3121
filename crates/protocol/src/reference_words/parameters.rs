//! What the reference says about chain parameters, genesis and schedule.

use crate::parameters::ParameterRefusal;

reference_words! { ParameterRefusal {
    PercentTooLarge { asked } => "{asked}",
    BlockInterval { asked } => "{asked}",
    MaintenanceTooOften =>
        "maintenance_interval > block_interval: Maintenance interval must be longer than block \
         interval",
    MaintenanceBetweenBlocks =>
        "maintenance_interval % block_interval == 0: Maintenance interval must be a multiple of \
         block interval",
    TransactionSizeTooLow =>
        "maximum_transaction_size >= GRAPHENE_MIN_TRANSACTION_SIZE_LIMIT: Transaction size limit \
         is too low",
    BlockSizeTooLow =>
        "maximum_block_size >= GRAPHENE_MIN_BLOCK_SIZE_LIMIT: Block size limit is too low",
    ExpirationTooShort =>
        "maximum_time_until_expiration > block_interval: Maximum transaction expiration time \
         must be greater than a block interval",
    ReviewTooLong =>
        "maximum_proposal_lifetime - committee_proposal_review_period > block_interval: \
         Committee proposal review period must be less than the maximum proposal lifetime",
    MarketFeePercentTooLarge =>
        "*extensions.value.market_fee_network_percent <= 3000: The market_fee_network_percent \
         parameter can not exceed 30%",
    MakerDiscountTooLarge =>
        "*extensions.value.maker_fee_discount_percent <= GRAPHENE_100_PERCENT: The \
         maker_fee_discount_percent parameter can not exceed 100%",
} }

questions! {
    RESERVE_PERCENT = "reserve_percent_of_fee <= GRAPHENE_100_PERCENT: ";
    NETWORK_PERCENT = "network_percent_of_fee <= GRAPHENE_100_PERCENT: ";
    LIFETIME_PERCENT = "lifetime_referrer_percent_of_fee <= GRAPHENE_100_PERCENT: ";
    NETWORK_AND_LIFETIME_PERCENT = "network_percent_of_fee + lifetime_referrer_percent_of_fee <= \
        GRAPHENE_100_PERCENT: ";
    BLOCK_INTERVAL_LEAST = "block_interval >= GRAPHENE_MIN_BLOCK_INTERVAL: ";
    BLOCK_INTERVAL_MOST = "block_interval <= GRAPHENE_MAX_BLOCK_INTERVAL: ";
}
