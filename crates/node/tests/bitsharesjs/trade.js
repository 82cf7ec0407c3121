// What a wallet does from its first connection to a trade, with unmodified clients over a real socket.
// Usage: node trade.js WS_URL CHAIN_ID FUNDED_ACCOUNT FUNDED_WIF
const assert = require("node:assert/strict");
const { once } = require("node:events");
const WebSocket = require("ws");
const { Apis, ChainConfig } = require("bitsharesjs-ws");
const { Aes, ChainStore, FetchChain, PrivateKey, TransactionBuilder, TransactionHelper } = require("bitsharesjs");

const [url, chainId, funded, wif] = process.argv.slice(2);
const fundedKey = PrivateKey.fromWif(wif);
const keys = { alice: PrivateKey.fromSeed("alice"), bob: PrivateKey.fromSeed("bob") };
const database = (method, ...args) => Apis.instance().db_api().exec(method, args);
const history = (method, ...args) => Apis.instance().history_api().exec(method, args);
const step = (name) => console.log(`- ${name}`);

// Sends one operation and gives back the confirmation that came with its block.
async function send(name, operation, key) {
    const builder = new TransactionBuilder();
    builder.add_type_operation(name, operation);
    await builder.set_required_fees();
    builder.add_signer(key, key.toPublicKey().toPublicKeyString());
    const [confirmation] = await builder.broadcast();
    assert.ok(confirmation.block_num > 0, `${name} is in a block`);
    return confirmation.trx.operation_results[0][1];
}

const noFee = { amount: 0, asset_id: "1.3.0" };
const core = (tokens) => ({ amount: tokens * 100000, asset_id: "1.3.0" });
const account = async (name) => (await database("get_account_by_name", name)).id;

function accountCreate(registrar, name, key) {
    const publicKey = key.toPublicKey().toPublicKeyString();
    const authority = { weight_threshold: 1, account_auths: [], key_auths: [[publicKey, 1]], address_auths: [] };
    return {
        fee: noFee, registrar, referrer: registrar, referrer_percent: 0, name,
        owner: authority, active: authority,
        options: { memo_key: publicKey, voting_account: "1.2.5", num_witness: 0, num_committee: 0, votes: [] },
    };
}

function assetCreate(issuer, symbol) {
    return {
        fee: noFee, issuer, symbol, precision: 2, is_prediction_market: false,
        common_options: {
            max_supply: 1000000000, market_fee_percent: 0, max_market_fee: 0, issuer_permissions: 79, flags: 0,
            core_exchange_rate: { base: { amount: 1, asset_id: "1.3.0" }, quote: { amount: 1, asset_id: "1.3.1" } },
            whitelist_authorities: [], blacklist_authorities: [], whitelist_markets: [], blacklist_markets: [],
            description: "{\"main\":\"a test\"}", extensions: {},
        },
    };
}

const limitOrder = (seller, sell, receive) => ({
    fee: noFee, seller, amount_to_sell: sell, min_to_receive: receive,
    expiration: "2100-01-01T00:00:00", fill_or_kill: false, extensions: [],
});

async function transferWithMemo(dev, alice) {
    const to = keys.alice.toPublicKey().toPublicKeyString();
    const nonce = TransactionHelper.unique_nonce_uint64();
    const text = Buffer.from("für Alice", "utf-8");
    const message = Aes.encrypt_with_checksum(fundedKey, to, nonce, text);
    const memo = { from: fundedKey.toPublicKey().toPublicKeyString(), to, nonce, message };
    await send("transfer", { fee: noFee, from: dev, to: alice, amount: core(100000), memo }, fundedKey);
    const [entry] = await history("get_account_history", alice, "1.11.0", 1, "1.11.0");
    const stored = entry.op[1].memo;
    const read = Aes.decrypt_with_checksum(keys.alice, stored.from, stored.nonce, stored.message);
    assert.equal(read.toString("utf-8"), "für Alice");
}

async function trade(alice, bob, gold) {
    const goldOf = (amount) => ({ amount, asset_id: gold });
    const order = await send("limit_order_create", limitOrder(alice, goldOf(1000), core(50)), keys.alice);
    const resting = await send("limit_order_create", limitOrder(alice, goldOf(500), core(100)), keys.alice);
    const book = await database("get_order_book", gold, "1.3.0", 10);
    assert.deepEqual([book.bids.length, book.asks.length].sort(), [0, 2]);
    await send("limit_order_create", limitOrder(bob, core(20), goldOf(400)), keys.bob);
    const [left] = await database("get_objects", [order]);
    assert.equal(left.for_sale, 600, "bob took 400 of 1000");
    await send("limit_order_cancel", { fee: noFee, fee_paying_account: alice, order: resting, extensions: [] }, keys.alice);
    assert.deepEqual(await database("get_objects", [resting]), [null], "a cancelled order is gone");
    const [held] = await database("get_account_balances", bob, [gold]);
    assert.deepEqual(held, { amount: 400, asset_id: gold });
    const fills = await history("get_fill_order_history", gold, "1.3.0", 10);
    assert.equal(fills.length, 2, "a fill has two sides");
    const ticker = await database("get_ticker", "1.3.0", gold);
    assert.ok(Number(ticker.latest) > 0, "the ticker knows the trade");
}

async function refuseWrongSignature(alice, bob) {
    const wrong = send("transfer", { fee: noFee, from: alice, to: bob, amount: core(1) }, keys.bob);
    await assert.rejects(wrong, (error) => {
        assert.match(error.message, /missing required active authority/i);
        assert.ok(error.message.includes(alice), "the error names the account");
        return true;
    });
}

// The library beneath offers to read compressed messages; a long answer is one.
async function readCompressed() {
    const socket = new WebSocket(url);
    await once(socket, "open");
    assert.match(socket.extensions, /permessage-deflate/);
    socket.send(JSON.stringify({ id: 1, method: "call", params: ["carbyne", "get_openrpc", []] }));
    const [answer] = await once(socket, "message");
    assert.ok(JSON.parse(answer).result.methods.length > 100);
    socket.close();
}

async function main() {
    const connection = Apis.instance(url, true, 4000, { enableOrders: true });
    await connection.init_promise;
    ChainConfig.setPrefix((await database("get_config")).GRAPHENE_ADDRESS_PREFIX);
    step("read the chain id");
    assert.equal(await database("get_chain_id"), chainId);
    await ChainStore.init(false);
    const dev = await account(funded);

    step("create two accounts");
    await send("account_create", accountCreate(dev, "alice-js-1", keys.alice), fundedKey);
    await send("account_create", accountCreate(dev, "bob-js-1", keys.bob), fundedKey);
    const [alice, bob] = [await account("alice-js-1"), await account("bob-js-1")];

    step("be told of a change");
    const full = await FetchChain("getAccount", "alice-js-1");
    assert.equal(full.get("id"), alice);
    const told = new Promise((resolve) => ChainStore.subscribe(resolve));

    step("transfer with an encrypted memo");
    await transferWithMemo(dev, alice);
    await told;
    await send("transfer", { fee: noFee, from: dev, to: bob, amount: core(100000) }, fundedKey);

    step("create and issue an asset");
    const gold = await send("asset_create", assetCreate(alice, "JSGOLD"), keys.alice);
    const issued = { amount: 5000, asset_id: gold };
    await send("asset_issue", { fee: noFee, issuer: alice, asset_to_issue: issued, issue_to_account: alice }, keys.alice);
    const [asset] = await database("lookup_asset_symbols", ["JSGOLD"]);
    assert.equal(asset.id, gold);

    step("place, match and cancel orders");
    await trade(alice, bob, gold);

    step("see a wrongly signed transaction refused");
    await refuseWrongSignature(alice, bob);

    step("read a compressed answer");
    await readCompressed();
}

main().then(
    () => { console.log("ok"); process.exit(0); },
    (error) => { console.error(error); process.exit(1); },
);
