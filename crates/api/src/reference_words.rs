//! What the reference says when it refuses a call, word for word.

use crate::refusal::ApiRefusal;
use carbyne_protocol::reference_words;

reference_words! { ApiRefusal {
    TooFewArguments => "a0 != e || optional_args: too few arguments passed to method",
    NotACall => "args.size() == 3 && args[2].is_array(): ",
    NotACallback => "args.size() == 2 && args[1].is_array(): ",
    UnknownCallback => "_local_callbacks.size() > callback_id: ",
    UnknownApi => "_local_apis.size() > api_id: ",
    AccessDenied => "is_allowed: Access denied",
    LoggedOut => "is_allowed: Access denied, please login",
    HalfLogin => "o_user.valid() && o_password.valid(): Must provide both user and password",
    LimitTooLarge { most } => "limit <= configured_limit: limit can not be greater than {most}",
    TooManyKeys { most } =>
        "keys.size() <= configured_limit: Number of querying keys can not be greater than {most}",
    TooManyAccounts { most } =>
        "names_or_ids.size() <= configured_limit: Number of querying accounts can not be greater \
         than {most}",
    TooManyIds { most } =>
        "ids.size() <= configured_limit: size of the querying list can not be greater than {most}",
    TooManyAssets { most } =>
        "asset_symbols_or_ids.size() <= configured_limit: size of the querying list can not be \
         greater than {most}",
    TooManyVotes { most } =>
        "votes.size() <= configured_limit: Number of querying votes can not be greater than {most}",
    NoAccountName => "no such account",
    UnknownAccount => "account_ptr: no such account",
    NoAssetSymbol => "no such asset",
    UnknownAsset => "asset_ptr: no such asset",
    UnknownBase { symbol } => "assets[0]: Invalid base asset symbol: {symbol}",
    UnknownQuote { symbol } => "assets[1]: Invalid quote asset symbol: {symbol}",
    SameAssets => "base.asset_id != quote.asset_id: ",
    MarketOfItself => "asset_a_id != asset_b_id: ",
    NoSmartCoin { symbol, asset } =>
        "bitasset_data_id.valid(): Asset {symbol} ({asset}) is not a market issued asset.",
    NoBids => "swan.is_market_issued(): Asset is not a MPA",
    NoObjects { space, type_ } =>
        "tmp != nullptr: Database index {space}.{type_} has not been initialized",
    NoSpace { space, type_, size } =>
        "_index[space_id].size() > type_id: Database index {space}.{type_} does not exist, space \
         size is {size}",
    MissingObject { id } => "maybe_found != nullptr: Unable to find Object {id}",
    BlocksBackwards => "block_num_to >= block_num_from: ",
    UnknownBlock => "opt_block: ",
    UnknownTransaction => "opt_block->transactions.size() > trx_num: ",
    NestedTooDeep => "current_recursion < max_recursion: ",
    NegativeStart => "start >= 0: ",
    StartPriceBase =>
        "ostart_price->base.asset_id == base_id: Base asset inconsistent with start price",
    StartPriceQuote =>
        "ostart_price->quote.asset_id == quote_id: Quote asset inconsistent with start price",
    StartOrderBase => "loo.sell_price.base.asset_id == base_id: Order base asset inconsistent",
    StartOrderQuote =>
        "loo.sell_price.quote.asset_id == quote_id: Order quote asset inconsistent with order",
    StartOrderSeller =>
        "loo.seller == account->get_id(): Order not owned by specified account",
    UnknownStart =>
        "Order id invalid (maybe just been canceled?), and start price not provided",
    UnknownVoteKind => "",
    NoUniversalSubscription =>
        "_app_options && _app_options->enable_subscribe_to_all: Subscribing to universal object \
         creation and removal is disallowed in this server.",
    KeyWithoutCatalog => "!key.valid(): Can not specify key if catalog is not specified",
    NoPrivateKey => "debug_private_key.valid(): ",
    NoPeers => "_app.p2p_node() != nullptr: No P2P network!",
    HoldersOfAll => "id.is<std::remove_reference_t<decltype(*this)>>(): space or type mismatch",
    NegativeBase => "_price.base.amount >= 0: ",
    NegativeQuote => "_price.quote.amount >= 0: ",
    OtherPrice => "!\"bad parameters\": ",
    NoCommitment =>
        "secp256k1_pedersen_commit( detail::_get_context(), result.data(), (unsigned char*) \
         blind.data(), value ): ",
    NoBlindSum =>
        "secp256k1_pedersen_blind_sum( detail::_get_context(), (unsigned char*) result.data(), \
         blinds.data(), blinds_in.size(), non_neg ): ",
    NoRangeProof =>
        "secp256k1_rangeproof_sign( detail::_get_context(), (unsigned char*)proof.data(), \
         &proof_len, min_value, commit.data(), (unsigned char*) commit_blind.data(), (unsigned \
         char*) nonce.data(), base10_exp, min_bits, actual_value ): ",
    NotRewound =>
        "secp256k1_rangeproof_rewind( detail::_get_context(), (unsigned char*) blind_out.data(), \
         &value_out, (unsigned char*) msg, &mlen, (unsigned char*) nonce.data(), &min_val, \
         &max_val, commit.data(), (const unsigned char*)proof.data(), proof.size() ): ",
    NotARangeProof =>
        "secp256k1_rangeproof_info( detail::_get_context(), (int*)&result.exp, \
         (int*)&result.mantissa, (uint64_t*)&result.min_value, (uint64_t*)&result.max_value, \
         (const unsigned char*)proof.data(), (int)proof.size() ): ",
} }
