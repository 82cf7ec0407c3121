//! Why a call is refused before a rule of the chain is asked. The reference's words are beside, in
//! `reference_words.rs`.

use crate::ApiError;
use carbyne_ledger::ids::{AccountId, AssetId, LimitOrderId};
use carbyne_ledger::{Rejected, refusals};
use carbyne_wire::{ObjectId, Text, VoteId};

refusals! {
    /// Why a call is refused.
    pub enum ApiRefusal {
        /// Arguments are missing.
        TooFewArguments: "an argument is missing that the method needs",
        /// `call` without an API, a method and a list of arguments.
        NotACall: "\"call\" takes an API, a method and a list of arguments",
        /// A notice or callback without a number and a list of arguments.
        NotACallback: "a callback has a number and a list of arguments",
        /// A callback that was never given out.
        UnknownCallback: "this node gives out no callbacks",
        /// No API has that number on this connection.
        UnknownApi: "no API has that number on this connection",
        /// The API is not open to who asks.
        AccessDenied { api: &'static str }: "the API {api} is not open to this connection",
        /// Nothing is open to who asks.
        LoggedOut: "this connection has logged out",
        /// A name without a password, or the other way round.
        HalfLogin: "a login needs both a name and a password",
        /// More is wanted in one answer than is given.
        LimitTooLarge { limit: u32, most: u32 }: "{limit} are asked for, {most} are given at most",
        /// Too many keys in one call.
        TooManyKeys { count: usize, most: u32 }: "{count} keys are more than the {most} allowed",
        /// Too many accounts in one call.
        TooManyAccounts { count: usize, most: u32 }:
            "{count} accounts are more than the {most} allowed",
        /// Too many ids in one call.
        TooManyIds { count: usize, most: u32 }: "{count} ids are more than the {most} allowed",
        /// Too many assets in one call.
        TooManyAssets { count: usize, most: u32 }: "{count} assets are more than the {most} \
            allowed",
        /// Too many votes in one call.
        TooManyVotes { count: usize, most: u32 }: "{count} votes are more than the {most} allowed",
        /// No name where one must be.
        NoAccountName: "the name of the account is empty",
        /// No account has that name or id.
        UnknownAccount { name: Text }: "there is no account '{name}'",
        /// No symbol where one must be.
        NoAssetSymbol: "the symbol of the asset is empty",
        /// No asset has that symbol or id.
        UnknownAsset { symbol: Text }: "there is no asset '{symbol}'",
        /// No asset for the base of a market.
        UnknownBase { symbol: Text }: "there is no asset '{symbol}' to be the base of a market",
        /// No asset for the quote of a market.
        UnknownQuote { symbol: Text }: "there is no asset '{symbol}' to be the quote of a market",
        /// An asset traded for itself.
        SameAssets { asset: AssetId }: "{asset} has no market with itself",
        /// A market of an asset with itself is subscribed to.
        MarketOfItself { asset: AssetId }: "there is no market of {asset} with itself to follow",
        /// The asset is no SmartCoin.
        NoSmartCoin { symbol: Text, asset: AssetId }: "{symbol} ({asset}) is no SmartCoin",
        /// Bids are asked for of what is no SmartCoin.
        NoBids { asset: AssetId }: "{asset} is no SmartCoin and has no bids",
        /// Objects of that type are never kept.
        NoObjects { space: u8, type_: u8 }: "there are no objects {space}.{type_}",
        /// There is no such space, or type in it.
        NoSpace { space: u8, type_: u8, size: u8 }: "there is no space and type {space}.{type_}",
        /// An object is missing that is always there.
        MissingObject { id: ObjectId }: "there is no object {id}",
        /// Blocks from the later to the earlier.
        BlocksBackwards { from: u32, to: u32 }: "block {to} is before block {from}",
        /// The block does not exist.
        UnknownBlock { number: u32 }: "there is no block {number}",
        /// The block has no such transaction.
        UnknownTransaction { number: u32, place: u32 }:
            "block {number} has no transaction {place}",
        /// Proposals in proposals in proposals.
        NestedTooDeep: "proposals are nested too deep",
        /// A negative sequence number.
        NegativeStart { start: i64 }: "the sequence number {start} is negative",
        /// The start price has another base.
        StartPriceBase { asset: AssetId }: "the start price is of {asset}, not of the base asset",
        /// The start price has another quote.
        StartPriceQuote { asset: AssetId }: "the start price is in {asset}, not in the quote asset",
        /// The first order sells another asset.
        StartOrderBase { order: LimitOrderId }: "{order} does not sell the base asset",
        /// The first order buys another asset.
        StartOrderQuote { order: LimitOrderId }: "{order} does not buy the quote asset",
        /// The first order is another account's.
        StartOrderSeller { order: LimitOrderId, account: AccountId }:
            "{order} is not an order of {account}",
        /// The first order is gone and no price says where it was.
        UnknownStart { order: LimitOrderId } [UNSPECIFIED]:
            "{order} is gone, and no price says where the list is to begin",
        /// A vote of a kind that there is not.
        UnknownVoteKind { vote: VoteId } [OUT_OF_RANGE_VALUE]: "{vote} is of no kind of vote",
        /// The node does not let everything be subscribed to.
        NoUniversalSubscription: "this node tells nobody about all objects",
        /// A key of a value without its catalog.
        KeyWithoutCatalog: "a key is looked for without its catalog",
        /// The text is no private key.
        NoPrivateKey: "the text is no private key in WIF",
        /// There are no other nodes.
        NoPeers: "this node has no peers",
        /// The reference never answers this.
        HoldersOfAll: "the reference refuses this always; ask for the holders of one asset",
        /// A price with a negative base.
        NegativeBase { amount: i64 }: "a price has the negative base {amount}",
        /// A price with a negative quote.
        NegativeQuote { amount: i64 }: "a price has the negative quote {amount}",
        /// A price of other assets.
        OtherPrice: "a price is of other assets than it is shown for",
        /// No commitment to that value.
        NoCommitment { reason: String }: "{reason}",
        /// No sum of those blinding factors.
        NoBlindSum { reason: String }: "{reason}",
        /// No range proof of that value.
        NoRangeProof { reason: String }: "{reason}",
        /// A range proof that does not hold, or not for this nonce.
        NotRewound: "the proof does not hold, or not for this nonce",
        /// Bytes that are no range proof.
        NotARangeProof: "this is no range proof",
    }
}

impl From<ApiRefusal> for ApiError {
    fn from(refusal: ApiRefusal) -> Self {
        Rejected::from(refusal).into()
    }
}
