//! Names of the object ids (`reference: protocol/types.hpp`).

use carbyne_wire::Id;

macro_rules! id_types {
    ($($name:ident $space:literal $type_:literal $what:literal;)*) => {
        $(#[doc = concat!("Id of ", $what, ".")] pub type $name = Id<$space, $type_>;)*
    };
}
id_types! {
    AccountId 1 2 "an account";
    AssetId 1 3 "an asset";
    ForceSettlementId 1 4 "a force settlement order";
    CommitteeMemberId 1 5 "a committee member";
    WitnessId 1 6 "a witness";
    LimitOrderId 1 7 "a limit order";
    CallOrderId 1 8 "a debt position";
    CustomId 1 9 "a custom object, of which there are none";
    ProposalId 1 10 "a proposal";
    OperationHistoryId 1 11 "an operation in history";
    WithdrawPermissionId 1 12 "a withdraw permission";
    VestingBalanceId 1 13 "a vesting balance";
    WorkerId 1 14 "a worker";
    BalanceId 1 15 "a balance of the genesis";
    HtlcId 1 16 "a hashed time-lock contract";
    CustomAuthorityId 1 17 "a custom authority";
    TicketId 1 18 "a ticket";
    LiquidityPoolId 1 19 "a liquidity pool";
    SametFundId 1 20 "a SameT fund";
    CreditOfferId 1 21 "a credit offer";
    CreditDealId 1 22 "a credit deal";
    GlobalPropertyId 2 0 "the global properties";
    DynamicGlobalPropertyId 2 1 "the dynamic global properties";
    AssetDynamicDataId 2 3 "the supply and pools of an asset";
    AssetBitassetDataId 2 4 "the feeds and settlement state of a SmartCoin";
    AccountBalanceId 2 5 "a balance of an account";
    AccountStatisticsId 2 6 "the statistics of an account";
    TransactionHistoryId 2 7 "a transaction kept to refuse duplicates";
    BlockSummaryId 2 8 "the id of a recent block";
    AccountHistoryId 2 9 "an entry of an account's history";
    BlindedBalanceId 2 10 "a blinded balance";
    ChainPropertyId 2 11 "the chain properties";
    WitnessScheduleId 2 12 "the witness schedule";
    BudgetRecordId 2 13 "a budget record";
    SpecialAuthorityId 2 14 "a special authority";
    BuybackId 2 15 "a buyback";
    FbaAccumulatorId 2 16 "a fee-backed asset accumulator";
    CollateralBidId 2 17 "a collateral bid";
    CreditDealSummaryId 2 18 "a credit deal summary";
    FeatureSettingsId 16 0 "what a chain opted in to";
    RecurringId 16 1 "a recurring payment";
    EscrowId 16 2 "an escrow";
    BondOfferId 16 3 "an offer to lend or to borrow";
    BondId 16 4 "a bond";
    OptionSeriesId 16 5 "a series of options";
    OptionPositionId 16 6 "what an account wrote of options";
    TitleId 16 7 "the title of an account that was sold";
    OwnedObjectId 16 8 "an owned object";
    ListingId 16 9 "a listing";
    TitleOfferId 16 10 "the offer of an account";
    OptionTrancheId 16 11 "options that were written while none was exercised";
}
