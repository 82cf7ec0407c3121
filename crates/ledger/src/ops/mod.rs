//! What operations do. One operation is one file here and one row, which names how it is
//! evaluated; what it says is a file of the same name in `carbyne_protocol::ops`.
//!
//! A file of an operation holds its rules ([`Evaluate`](crate::evaluate::Evaluate)), why the state
//! refuses it, and their tests.

use crate::Ledger;
use crate::evaluate::{EvaluateRefusal, Mode, evaluate_one};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::{Operation, OperationResult};
use carbyne_wire::JsonIn;

pub mod account;
#[cfg(test)]
mod any_contract;
pub mod asset;
pub mod balance;
pub mod bonds;
pub mod confidential;
#[cfg(test)]
pub(crate) mod contract_sandbox;
#[cfg(test)]
mod contract_trials;
pub mod credit;
pub mod custom_authority;
pub mod escrow;
pub mod governance;
pub mod htlc;
pub mod lending;
pub mod market;
pub mod misc;
pub mod objects;
pub mod options;
pub mod pool;
pub mod proposal;
pub mod recurring;
pub mod samet;
#[cfg(test)]
pub(crate) mod sandbox;
#[cfg(test)]
mod tests;
pub mod ticket;
pub mod titles;
pub mod transfer;
pub mod vesting;
pub mod withdraw;

evaluators! {
    sent {
        Transfer: transfer::Transfer;
        LimitOrderCreate: market::limit_order_create::LimitOrderCreate;
        LimitOrderCancel: market::limit_order_cancel::LimitOrderCancel;
        CallOrderUpdate: market::call_order_update::CallOrderUpdate;
        AccountCreate: account::create::AccountCreate;
        AccountUpdate: account::update::AccountUpdate;
        AccountWhitelist: account::whitelist::AccountWhitelist;
        AccountUpgrade: account::upgrade::AccountUpgrade;
        AssetCreate: asset::create::AssetCreate;
        AssetUpdate: asset::update::AssetUpdate;
        AssetUpdateBitasset: asset::update_bitasset::AssetUpdateBitasset;
        AssetUpdateFeedProducers: asset::update_feed_producers::AssetUpdateFeedProducers;
        AssetIssue: asset::issue::AssetIssue;
        AssetReserve: asset::reserve::AssetReserve;
        AssetFundFeePool: asset::fund_fee_pool::AssetFundFeePool;
        AssetSettle: asset::settle::AssetSettle;
        AssetGlobalSettle: asset::global_settle::AssetGlobalSettle;
        AssetPublishFeed: asset::publish_feed::AssetPublishFeed;
        WitnessCreate: governance::witness_create::WitnessCreate;
        WitnessUpdate: governance::witness_update::WitnessUpdate;
        ProposalCreate: proposal::ProposalCreate;
        ProposalUpdate: proposal::ProposalUpdate;
        ProposalDelete: proposal::ProposalDelete;
        WithdrawPermissionCreate: withdraw::WithdrawPermissionCreate;
        WithdrawPermissionUpdate: withdraw::WithdrawPermissionUpdate;
        WithdrawPermissionClaim: withdraw::WithdrawPermissionClaim;
        WithdrawPermissionDelete: withdraw::WithdrawPermissionDelete;
        CommitteeMemberCreate: governance::committee_member_create::CommitteeMemberCreate;
        CommitteeMemberUpdate: governance::committee_member_update::CommitteeMemberUpdate;
        CommitteeMemberUpdateGlobalParameters: governance::CommitteeMemberUpdateGlobalParameters;
        VestingBalanceCreate: vesting::create::VestingBalanceCreate;
        VestingBalanceWithdraw: vesting::withdraw::VestingBalanceWithdraw;
        WorkerCreate: governance::worker_create::WorkerCreate;
        Custom: misc::custom::Custom;
        Assert: misc::assert::Assert;
        BalanceClaim: balance::BalanceClaim;
        OverrideTransfer: asset::override_transfer::OverrideTransfer;
        TransferToBlind: confidential::TransferToBlind;
        BlindTransfer: confidential::BlindTransfer;
        TransferFromBlind: confidential::TransferFromBlind;
        AssetClaimFees: asset::claim_fees::AssetClaimFees;
        BidCollateral: asset::bid_collateral::BidCollateral;
        AssetClaimPool: asset::claim_pool::AssetClaimPool;
        AssetUpdateIssuer: asset::update_issuer::AssetUpdateIssuer;
        HtlcCreate: htlc::HtlcCreate;
        HtlcRedeem: htlc::HtlcRedeem;
        HtlcExtend: htlc::HtlcExtend;
        CustomAuthorityCreate: custom_authority::CustomAuthorityCreate;
        CustomAuthorityUpdate: custom_authority::CustomAuthorityUpdate;
        CustomAuthorityDelete: custom_authority::CustomAuthorityDelete;
        TicketCreate: ticket::create::TicketCreate;
        TicketUpdate: ticket::update::TicketUpdate;
        LiquidityPoolCreate: pool::LiquidityPoolCreate;
        LiquidityPoolDelete: pool::LiquidityPoolDelete;
        LiquidityPoolDeposit: pool::LiquidityPoolDeposit;
        LiquidityPoolWithdraw: pool::LiquidityPoolWithdraw;
        LiquidityPoolExchange: pool::LiquidityPoolExchange;
        SametFundCreate: samet::SametFundCreate;
        SametFundDelete: samet::SametFundDelete;
        SametFundUpdate: samet::SametFundUpdate;
        SametFundBorrow: samet::SametFundBorrow;
        SametFundRepay: samet::SametFundRepay;
        CreditOfferCreate: credit::CreditOfferCreate;
        CreditOfferDelete: credit::CreditOfferDelete;
        CreditOfferUpdate: credit::CreditOfferUpdate;
        CreditOfferAccept: credit::CreditOfferAccept;
        CreditDealRepay: credit::CreditDealRepay;
        LiquidityPoolUpdate: pool::LiquidityPoolUpdate;
        CreditDealUpdate: credit::CreditDealUpdate;
        LimitOrderUpdate: market::limit_order_update::LimitOrderUpdate;
        CarbyneSet: governance::carbyne_set::CarbyneSet;
        RecurringCreate: recurring::RecurringCreate;
        RecurringUpdate: recurring::RecurringUpdate;
        RecurringCancel: recurring::RecurringCancel;
        EscrowCreate: escrow::EscrowCreate;
        EscrowRatify: escrow::EscrowRatify;
        EscrowRelease: escrow::EscrowRelease;
        EscrowSplit: escrow::EscrowSplit;
        EscrowDispute: escrow::EscrowDispute;
        EscrowRule: escrow::EscrowRule;
        EscrowAmend: escrow::EscrowAmend;
        BondOfferCreate: bonds::BondOfferCreate;
        BondOfferCancel: bonds::BondOfferCancel;
        BondOfferTake: bonds::BondOfferTake;
        BondRepay: bonds::BondRepay;
        BondClaim: bonds::BondClaim;
        BondAmend: bonds::BondAmend;
        BondClose: bonds::BondClose;
        BondTransfer: bonds::BondTransfer;
        OptionSeriesCreate: options::OptionSeriesCreate;
        OptionWrite: options::OptionWrite;
        OptionClose: options::OptionClose;
        OptionExercise: options::OptionExercise;
        OptionRedeem: options::OptionRedeem;
        TitleOffer: titles::TitleOffer;
        TitleAccept: titles::TitleAccept;
        TitleWithdraw: titles::TitleWithdraw;
        ObjectCreate: objects::ObjectCreate;
        ObjectUpdate: objects::ObjectUpdate;
        ObjectTransfer: objects::ObjectTransfer;
        ObjectDestroy: objects::ObjectDestroy;
        ListingCreate: objects::ListingCreate;
        ListingBuy: objects::ListingBuy;
        ListingBid: objects::ListingBid;
        ListingCancel: objects::ListingCancel;
    }
    never_sent {
        FillOrder,
        AccountTransfer,
        AssetSettleCancel,
        FbaDistribute,
        ExecuteBid,
        HtlcRedeemed,
        HtlcRefund,
        CreditDealExpired,
        RecurringEvent,
        EscrowEvent,
        BondEvent,
        OptionEvent,
        TitleEvent,
        ObjectEvent,
    }
}
