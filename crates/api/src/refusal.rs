//! Why a call is refused before a rule of the chain is asked. The reference's words are beside, in
//! `reference_words.rs`.

use crate::ApiError;
use carbyne_protocol::ids::{AccountId, AssetId, LimitOrderId};
use carbyne_protocol::{Rejected, refusals};
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

#[cfg(test)]
mod tests {
    use super::ApiRefusal::{self, *};
    use carbyne_protocol::Rejected;
    use carbyne_wire::{Id, ObjectId};

    /// What a client reads, and the name of the reason beside it.
    #[track_caller]
    fn check(refusal: ApiRefusal, reason: &str, message: &str) {
        let rejected = Rejected::from(refusal);
        assert_eq!(rejected.reason(), reason);
        let error = crate::ApiError::from(rejected).to_json();
        assert_eq!(error["data"]["reason"], reason);
        let asserted = format!("Execution error: Assert Exception: {message}");
        assert_eq!(error["message"].as_str(), Some(asserted.as_str()), "{reason}");
    }

    #[test]
    fn questions_that_no_recording_asks_are_refused_in_the_words_of_the_reference() {
        let order = Id(7);
        let no_key = "!key.valid(): Can not specify key if catalog is not specified";
        check(KeyWithoutCatalog, "ApiRefusal::KeyWithoutCatalog", no_key);
        let missing = "maybe_found != nullptr: Unable to find Object 1.2.9";
        check(MissingObject { id: ObjectId::new(1, 2, 9) }, "ApiRefusal::MissingObject", missing);
        let base = "_price.base.amount >= 0: ";
        check(NegativeBase { amount: -1 }, "ApiRefusal::NegativeBase", base);
        let quote = "_price.quote.amount >= 0: ";
        check(NegativeQuote { amount: -1 }, "ApiRefusal::NegativeQuote", quote);
        let nested = "current_recursion < max_recursion: ";
        check(NestedTooDeep, "ApiRefusal::NestedTooDeep", nested);
        let peers = "_app.p2p_node() != nullptr: No P2P network!";
        check(NoPeers, "ApiRefusal::NoPeers", peers);
        check(NoPrivateKey, "ApiRefusal::NoPrivateKey", "debug_private_key.valid(): ");
        let callback = "args.size() == 2 && args[1].is_array(): ";
        check(NotACallback, "ApiRefusal::NotACallback", callback);
        check(OtherPrice, "ApiRefusal::OtherPrice", "!\"bad parameters\": ");
        let base = "loo.sell_price.base.asset_id == base_id: Order base asset inconsistent";
        check(StartOrderBase { order }, "ApiRefusal::StartOrderBase", base);
        let quote =
            "loo.sell_price.quote.asset_id == quote_id: Order quote asset inconsistent with order";
        check(StartOrderQuote { order }, "ApiRefusal::StartOrderQuote", quote);
        let seller = "loo.seller == account->get_id(): Order not owned by specified account";
        let refusal = StartOrderSeller { order, account: Id(3) };
        check(refusal, "ApiRefusal::StartOrderSeller", seller);
        let price =
            "ostart_price->quote.asset_id == quote_id: Quote asset inconsistent with start price";
        check(StartPriceQuote { asset: Id(3) }, "ApiRefusal::StartPriceQuote", price);
        let size = "size of the querying list can not be greater than 5";
        let assets = format!("asset_symbols_or_ids.size() <= configured_limit: {size}");
        check(TooManyAssets { count: 6, most: 5 }, "ApiRefusal::TooManyAssets", &assets);
        let ids = format!("ids.size() <= configured_limit: {size}");
        check(TooManyIds { count: 6, most: 5 }, "ApiRefusal::TooManyIds", &ids);
        let universal = "_app_options && _app_options->enable_subscribe_to_all: Subscribing to \
             universal object creation and removal is disallowed in this server.";
        check(NoUniversalSubscription, "ApiRefusal::NoUniversalSubscription", universal);
    }

    #[test]
    fn values_that_cannot_be_hidden_are_refused_in_the_words_of_the_reference() {
        let reason = || "too large".to_owned();
        let commitment = "secp256k1_pedersen_commit( detail::_get_context(), result.data(), \
             (unsigned char*) blind.data(), value ): ";
        check(NoCommitment { reason: reason() }, "ApiRefusal::NoCommitment", commitment);
        let sum = "secp256k1_pedersen_blind_sum( detail::_get_context(), (unsigned char*) \
             result.data(), blinds.data(), blinds_in.size(), non_neg ): ";
        check(NoBlindSum { reason: reason() }, "ApiRefusal::NoBlindSum", sum);
    }

    #[test]
    fn a_vote_of_an_unknown_kind_has_a_code_of_its_own() {
        let rejected = Rejected::from(UnknownVoteKind { vote: Default::default() });
        assert_eq!(rejected.reason(), "ApiRefusal::UnknownVoteKind");
        assert_eq!(rejected.code(), carbyne_protocol::code::OUT_OF_RANGE_VALUE);
    }
}
