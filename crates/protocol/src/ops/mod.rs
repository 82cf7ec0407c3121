//! The table of operations. One operation is one file and two lines here: `mod` in its family and
//! its row; what it does is a file and a line in the ledger. Rows from tag 1000 on are of
//! operations that only chains have whose genesis opted in (`crate::features`).
//!
//! A file of an operation holds its fields in wire order, its fee, and what is true of it without
//! state ([`Stateless`]).

use crate::Rejected;
use crate::authority::Authority;
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use carbyne_wire::{FlatSet, JsonIn, Kind, ObjectId, Pack, Reflect, Wire};

pub mod account;
pub mod asset;
pub mod balance;
pub mod bonds;
pub mod confidential;
pub mod credit;
pub mod custom_authority;
pub mod escrow;
pub mod fba;
pub mod governance;
pub mod htlc;
pub mod market;
pub mod misc;
pub mod objects;
pub mod options;
pub mod pool;
pub mod proposal;
pub mod recurring;
pub mod samet;
pub mod ticket;
pub mod titles;
pub mod transfer;
pub mod vesting;
pub mod withdraw;

operations! {
reference {
    0 real Transfer: transfer::Transfer;
    1 real LimitOrderCreate: market::limit_order_create::LimitOrderCreate;
    2 real LimitOrderCancel: market::limit_order_cancel::LimitOrderCancel;
    3 real CallOrderUpdate: market::call_order_update::CallOrderUpdate;
    4 virtual FillOrder: market::fill_order::FillOrder;
    5 real AccountCreate: account::create::AccountCreate, boxed;
    6 real AccountUpdate: account::update::AccountUpdate, boxed;
    7 real AccountWhitelist: account::whitelist::AccountWhitelist;
    8 real AccountUpgrade: account::upgrade::AccountUpgrade;
    9 virtual AccountTransfer: account::transfer::AccountTransfer;
    10 real AssetCreate: asset::create::AssetCreate, boxed;
    11 real AssetUpdate: asset::update::AssetUpdate, boxed;
    12 real AssetUpdateBitasset: asset::update_bitasset::AssetUpdateBitasset;
    13 real AssetUpdateFeedProducers: asset::update_feed_producers::AssetUpdateFeedProducers;
    14 real AssetIssue: asset::issue::AssetIssue;
    15 real AssetReserve: asset::reserve::AssetReserve;
    16 real AssetFundFeePool: asset::fund_fee_pool::AssetFundFeePool;
    17 real AssetSettle: asset::settle::AssetSettle;
    18 real AssetGlobalSettle: asset::global_settle::AssetGlobalSettle;
    19 real AssetPublishFeed: asset::publish_feed::AssetPublishFeed;
    20 real WitnessCreate: governance::witness_create::WitnessCreate;
    21 real WitnessUpdate: governance::witness_update::WitnessUpdate;
    22 real ProposalCreate: proposal::ProposalCreate;
    23 real ProposalUpdate: proposal::ProposalUpdate, boxed;
    24 real ProposalDelete: proposal::ProposalDelete;
    25 real WithdrawPermissionCreate: withdraw::WithdrawPermissionCreate;
    26 real WithdrawPermissionUpdate: withdraw::WithdrawPermissionUpdate;
    27 real WithdrawPermissionClaim: withdraw::WithdrawPermissionClaim;
    28 real WithdrawPermissionDelete: withdraw::WithdrawPermissionDelete;
    29 real CommitteeMemberCreate: governance::committee_member_create::CommitteeMemberCreate;
    30 real CommitteeMemberUpdate: governance::committee_member_update::CommitteeMemberUpdate;
    31 real CommitteeMemberUpdateGlobalParameters:
        governance::update_global_parameters::CommitteeMemberUpdateGlobalParameters, boxed;
    32 real VestingBalanceCreate: vesting::create::VestingBalanceCreate;
    33 real VestingBalanceWithdraw: vesting::withdraw::VestingBalanceWithdraw;
    34 real WorkerCreate: governance::worker_create::WorkerCreate;
    35 real Custom: misc::custom::Custom;
    36 real Assert: misc::assert::Assert;
    37 real BalanceClaim: balance::BalanceClaim;
    38 real OverrideTransfer: asset::override_transfer::OverrideTransfer;
    39 real TransferToBlind: confidential::TransferToBlind;
    40 real BlindTransfer: confidential::BlindTransfer;
    41 real TransferFromBlind: confidential::TransferFromBlind;
    42 virtual AssetSettleCancel: asset::settle_cancel::AssetSettleCancel;
    43 real AssetClaimFees: asset::claim_fees::AssetClaimFees;
    44 virtual FbaDistribute: fba::distribute::FbaDistribute;
    45 real BidCollateral: asset::bid_collateral::BidCollateral;
    46 virtual ExecuteBid: asset::execute_bid::ExecuteBid;
    47 real AssetClaimPool: asset::claim_pool::AssetClaimPool;
    48 real AssetUpdateIssuer: asset::update_issuer::AssetUpdateIssuer;
    49 real HtlcCreate: htlc::HtlcCreate;
    50 real HtlcRedeem: htlc::HtlcRedeem;
    51 virtual HtlcRedeemed: htlc::HtlcRedeemed, boxed;
    52 real HtlcExtend: htlc::HtlcExtend;
    53 virtual HtlcRefund: htlc::HtlcRefund;
    54 real CustomAuthorityCreate: custom_authority::CustomAuthorityCreate, boxed;
    55 real CustomAuthorityUpdate: custom_authority::CustomAuthorityUpdate, boxed;
    56 real CustomAuthorityDelete: custom_authority::CustomAuthorityDelete;
    57 real TicketCreate: ticket::create::TicketCreate;
    58 real TicketUpdate: ticket::update::TicketUpdate;
    59 real LiquidityPoolCreate: pool::LiquidityPoolCreate;
    60 real LiquidityPoolDelete: pool::LiquidityPoolDelete;
    61 real LiquidityPoolDeposit: pool::LiquidityPoolDeposit;
    62 real LiquidityPoolWithdraw: pool::LiquidityPoolWithdraw;
    63 real LiquidityPoolExchange: pool::LiquidityPoolExchange;
    64 real SametFundCreate: samet::SametFundCreate;
    65 real SametFundDelete: samet::SametFundDelete;
    66 real SametFundUpdate: samet::SametFundUpdate;
    67 real SametFundBorrow: samet::SametFundBorrow;
    68 real SametFundRepay: samet::SametFundRepay;
    69 real CreditOfferCreate: credit::CreditOfferCreate, boxed;
    70 real CreditOfferDelete: credit::CreditOfferDelete;
    71 real CreditOfferUpdate: credit::CreditOfferUpdate, boxed;
    72 real CreditOfferAccept: credit::CreditOfferAccept;
    73 real CreditDealRepay: credit::CreditDealRepay;
    74 virtual CreditDealExpired: credit::CreditDealExpired;
    75 real LiquidityPoolUpdate: pool::LiquidityPoolUpdate;
    76 real CreditDealUpdate: credit::CreditDealUpdate;
    77 real LimitOrderUpdate: market::limit_order_update::LimitOrderUpdate, boxed;
}
promised {
    1000 real CarbyneSet: governance::carbyne_set::CarbyneSet, boxed;
    1020 real RecurringCreate: recurring::RecurringCreate, boxed;
    1021 real RecurringUpdate: recurring::RecurringUpdate;
    1022 real RecurringCancel: recurring::RecurringCancel;
    1039 virtual RecurringEvent: recurring::RecurringEvent;
    1040 real EscrowCreate: escrow::EscrowCreate, boxed;
    1041 real EscrowRatify: escrow::EscrowRatify;
    1042 real EscrowRelease: escrow::EscrowRelease;
    1043 real EscrowSplit: escrow::EscrowSplit;
    1044 real EscrowDispute: escrow::EscrowDispute;
    1045 real EscrowRule: escrow::EscrowRule;
    1046 real EscrowAmend: escrow::EscrowAmend;
    1059 virtual EscrowEvent: escrow::EscrowEvent;
    1060 real BondOfferCreate: bonds::BondOfferCreate, boxed;
    1061 real BondOfferCancel: bonds::BondOfferCancel;
    1062 real BondOfferTake: bonds::BondOfferTake;
    1063 real BondRepay: bonds::BondRepay;
    1064 real BondClaim: bonds::BondClaim;
    1065 real BondAmend: bonds::BondAmend;
    1066 real BondClose: bonds::BondClose;
    1067 real BondTransfer: bonds::BondTransfer;
    1079 virtual BondEvent: bonds::BondEvent;
    1080 real OptionSeriesCreate: options::OptionSeriesCreate;
    1081 real OptionWrite: options::OptionWrite;
    1082 real OptionClose: options::OptionClose;
    1083 real OptionExercise: options::OptionExercise;
    1084 real OptionRedeem: options::OptionRedeem;
    1099 virtual OptionEvent: options::OptionEvent;
    1100 real TitleOffer: titles::TitleOffer;
    1101 real TitleAccept: titles::TitleAccept, boxed;
    1102 real TitleWithdraw: titles::TitleWithdraw;
    1119 virtual TitleEvent: titles::TitleEvent;
    1120 real ObjectCreate: objects::ObjectCreate;
    1121 real ObjectUpdate: objects::ObjectUpdate;
    1122 real ObjectTransfer: objects::ObjectTransfer;
    1123 real ObjectDestroy: objects::ObjectDestroy;
    1124 real ListingCreate: objects::ListingCreate;
    1125 real ListingBuy: objects::ListingBuy;
    1126 real ListingBid: objects::ListingBid;
    1127 real ListingCancel: objects::ListingCancel;
    1139 virtual ObjectEvent: objects::ObjectEvent;
}
}

/// Who must have signed an operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequiredAuthorities {
    /// Accounts whose active authority is needed; the fee payer is always one.
    pub active: FlatSet<AccountId>,
    /// Accounts whose owner authority is needed.
    pub owner: FlatSet<AccountId>,
    /// Authorities that are not an account's.
    pub other: Vec<Authority>,
}

/// What is true of an operation without chain state.
pub trait Stateless: Pack + JsonIn + Reflect + Clone + PartialEq + std::fmt::Debug {
    /// Name, as in `transfer` of the reference's `transfer_operation`.
    const NAME: &'static str;

    /// The parameters of its fee.
    type Fee: Copy + Default + Pack + JsonIn;

    /// The fee offered.
    fn fee(&self) -> Asset;

    /// The fee offered, to change.
    fn fee_mut(&mut self) -> &mut Asset;

    /// Who pays the fee.
    fn fee_payer(&self) -> AccountId;

    /// The fee asked for, in smallest units of the core asset, before the schedule's scale.
    fn calculate_fee(&self, fee: &Self::Fee, schedule: &FeeSchedule) -> Result<i64, Rejected>;

    /// The parameters where the schedule has none.
    fn missing_fee(_schedule: &FeeSchedule) -> Self::Fee {
        Self::Fee::default()
    }

    /// Refuses what no state could make valid.
    fn validate(&self) -> Result<(), Rejected>;

    /// Adds who must sign, besides the fee payer's active authority.
    fn authorities(&self, _required: &mut RequiredAuthorities) {}

    /// Adds the accounts in whose history the operation appears (reference: `db_notify.cpp`).
    fn touched(&self, accounts: &mut FlatSet<AccountId>);
}

/// [`Stateless`] without its type.
pub trait AnyOperation {
    /// Name.
    fn name(&self) -> &'static str;
    /// The fee offered.
    fn offered_fee(&self) -> Asset;
    /// Who pays the fee.
    fn payer(&self) -> AccountId;
    /// Refuses what no state could make valid.
    fn check_stateless(&self) -> Result<(), Rejected>;
    /// Adds who must sign, the fee payer included.
    fn require(&self, required: &mut RequiredAuthorities);
    /// Adds the accounts in whose history the operation appears.
    fn touch(&self, accounts: &mut FlatSet<AccountId>);
    /// Its members, by which it can be made from what a user writes.
    fn members(&self) -> Kind;
}

impl<O: Stateless> AnyOperation for O {
    fn name(&self) -> &'static str {
        O::NAME
    }
    fn offered_fee(&self) -> Asset {
        self.fee()
    }
    fn payer(&self) -> AccountId {
        self.fee_payer()
    }
    fn check_stateless(&self) -> Result<(), Rejected> {
        self.validate()
    }
    fn require(&self, required: &mut RequiredAuthorities) {
        required.active.insert(self.fee_payer());
        self.authorities(required);
    }
    fn touch(&self, accounts: &mut FlatSet<AccountId>) {
        self.touched(accounts);
    }
    fn members(&self) -> Kind {
        O::kind()
    }
}

impl Default for Operation {
    fn default() -> Self {
        Self::Transfer(transfer::Transfer::default())
    }
}

/// What an operation gives back (reference: `protocol/base.hpp`). The rare large ones are boxed:
/// most results are empty.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub enum OperationResult {
    /// Nothing.
    #[default]
    Void,
    /// The object that was created.
    Object(ObjectId),
    /// An amount.
    Amount(Asset),
    /// Objects that were created, changed and removed.
    Generic(Box<GenericResult>),
    /// What was exchanged.
    Exchange(Box<ExchangeResult>),
    /// Any of these.
    Extendable(Box<ExtendableResult>),
}

/// Objects that an operation created, changed and removed.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct GenericResult {
    /// Created.
    pub new_objects: FlatSet<ObjectId>,
    /// Changed.
    pub updated_objects: FlatSet<ObjectId>,
    /// Removed.
    pub removed_objects: FlatSet<ObjectId>,
}

/// What an exchange gave and took.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct ExchangeResult {
    /// Amounts given.
    pub paid: Vec<Asset>,
    /// Amounts taken.
    pub received: Vec<Asset>,
    /// Fees.
    pub fees: Vec<Asset>,
}

/// A result of which any part may be there.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension, plain)]
pub struct ExtendableResult {
    /// Accounts concerned besides those the operation names.
    pub impacted_accounts: Option<FlatSet<AccountId>>,
    /// Objects created.
    pub new_objects: Option<FlatSet<ObjectId>>,
    /// Objects changed.
    pub updated_objects: Option<FlatSet<ObjectId>>,
    /// Objects removed.
    pub removed_objects: Option<FlatSet<ObjectId>>,
    /// Amounts given.
    pub paid: Option<Vec<Asset>>,
    /// Amounts taken.
    pub received: Option<Vec<Asset>>,
    /// Fees.
    pub fees: Option<Vec<Asset>>,
}
