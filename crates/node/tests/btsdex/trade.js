// What a market maker does from its first connection to a trade, with unmodified btsdex over a real socket.
// Usage: node trade.js WS_URL CHAIN_ID FUNDED_ACCOUNT FUNDED_WIF
const assert = require("node:assert/strict");
const BitShares = require("btsdex");
const { addConfig } = require("btsdex-api");

const [url, chainId, funded, wif] = process.argv.slice(2);
const password = "a long password";
const noFee = { amount: 0, asset_id: "1.3.0" };
const step = (name) => console.log(`- ${name}`);
const keysOf = (name) => BitShares.generateKeys(name, password, ["active", "memo"], "BTS");

// The identifier of what the only operation of a transaction made.
const made = ([confirmation]) => {
    assert.ok(confirmation.block_num > 0, "it is in a block");
    return confirmation.trx.operation_results[0][1];
};

// The first notice of a kind for which the test says yes.
const notice = (kind, name, wanted = () => true) => new Promise((resolve) => {
    BitShares.subscribe(kind, (events) => events && wanted(events) && resolve(events), name);
});

function accountCreate(registrar, name) {
    const { active, memo } = keysOf(name).pubKeys;
    const authority = { weight_threshold: 1, account_auths: [], key_auths: [[active, 1]], address_auths: [] };
    return {
        fee: noFee, registrar, referrer: registrar, referrer_percent: 0, name,
        owner: authority, active: authority,
        options: { memo_key: memo, voting_account: "1.2.5", num_witness: 0, num_committee: 0, votes: [] },
        extensions: [],
    };
}

function assetCreate(issuer, symbol) {
    return {
        fee: noFee, issuer, symbol, precision: 2, is_prediction_market: false,
        common_options: {
            max_supply: 1000000000, market_fee_percent: 0, max_market_fee: 0, issuer_permissions: 79, flags: 0,
            core_exchange_rate: { base: { amount: 1, asset_id: "1.3.0" }, quote: { amount: 1, asset_id: "1.3.1" } },
            whitelist_authorities: [], blacklist_authorities: [], whitelist_markets: [], blacklist_markets: [],
            description: "{\"main\":\"a test\"}", extensions: [],
        },
        extensions: [],
    };
}

async function open(name) {
    const { active, memo } = keysOf(name).privKeys;
    const account = new BitShares(name, active.toWif());
    account.setMemoKey(memo.toWif());
    await account.initPromise;
    return account;
}

async function createAccount(dev, name) {
    const transaction = dev.newTx();
    transaction.account_create(accountCreate(dev.account.id, name));
    const id = made(await transaction.broadcast());
    const account = await open(name);
    assert.equal(account.account.id, id);
    return account;
}

// btsdex begins to watch an account at the next block, with two calls: when two later ones are answered, it watches.
async function watched() {
    await notice("block");
    await BitShares.db.getChainId();
    await BitShares.db.getChainId();
}

async function transferWithMemo(dev, alice) {
    const told = notice("account", "alice-dex-1", ([latest]) => latest.op[0] === 0);
    await watched();
    await dev.transfer("alice-dex-1", "BTS", 100000, "für Alice");
    const [{ op: [, transfer] }] = await told;
    assert.equal(alice.memoDecode(transfer.memo), "für Alice");
    const [held] = await alice.balances("BTS");
    assert.equal(Number(held.amount), 100000 * 100000);
}

async function trade(alice, bob) {
    const order = await alice.sell("DEXGOLD", "BTS", 10, 5);
    assert.equal(order.for_sale, 1000);
    const resting = await alice.limitOrderCreate("DEXGOLD", 500, "BTS", 10000000);
    const book = await BitShares.getOrderBook("BTS", "DEXGOLD");
    assert.deepEqual([book.bids.length, book.asks.length], [0, 2]);
    assert.equal((await alice.orders()).length, 2);

    await bob.buy("DEXGOLD", "BTS", 4, 5);
    assert.equal((await alice.getOrder(order.id)).for_sale, 600, "bob took 400 of 1000");
    await alice.cancelOrder(resting.id);
    assert.equal(await alice.getOrder(resting.id), null, "a cancelled order is gone");
    const [held] = await bob.balances("DEXGOLD");
    assert.deepEqual([held.amount, held.asset.symbol], [400, "DEXGOLD"]);
    assert.equal(Number((await BitShares.ticker("BTS", "DEXGOLD")).latest), 5);
    const entries = await BitShares.history.getAccountHistory(bob.account.id, "1.11.0", 2, "1.11.0");
    assert.deepEqual(entries.map((entry) => entry.op[0]), [4, 1], "the fill after the order");
}

async function refuseWrongSignature(alice, bob) {
    const transaction = BitShares.newTx([bob.activeKey]);
    transaction.add(await alice.transferOperation("bob-dex-1", "BTS", 1));
    await assert.rejects(transaction.broadcast(), (error) => {
        assert.match(error.message, /missing required active authority/i);
        assert.ok(error.message.split("\n")[0].includes(alice.account.id), "the error names the account");
        return true;
    });
}

async function main() {
    step("read the chain id");
    addConfig({ chainId });
    await BitShares.connect(url, false);
    assert.equal(await BitShares.db.getChainId(), chainId);
    const fees = new BitShares.fees();
    await fees.update();
    assert.ok(fees.transfer > 0, "a transfer costs something");

    step("create two accounts");
    const dev = new BitShares(funded, wif);
    dev.setMemoKey(wif);
    await dev.initPromise;
    const alice = await createAccount(dev, "alice-dex-1");
    const bob = await createAccount(dev, "bob-dex-1");

    step("transfer with an encrypted memo, and be told");
    await transferWithMemo(dev, alice);
    await dev.transfer("bob-dex-1", "BTS", 100000);

    step("create and issue an asset");
    const transaction = alice.newTx();
    transaction.asset_create(assetCreate(alice.account.id, "DEXGOLD"));
    assert.equal(made(await transaction.broadcast()), (await BitShares.assets.DEXGOLD).id);
    await alice.assetIssue("alice-dex-1", "DEXGOLD", 50);
    assert.equal((await alice.balances("DEXGOLD"))[0].amount, 5000);

    step("place, match and cancel orders");
    await trade(alice, bob);

    step("see a wrongly signed transaction refused");
    await refuseWrongSignature(alice, bob);
}

// btsdex expects a history entry behind every change of a balance; a maintenance changes balances without one.
process.on("unhandledRejection", (error) => {
    if (!String(error.stack).includes("updateAccounts")) throw error;
});

main().then(
    () => { console.log("ok"); process.exit(0); },
    (error) => { console.error(error); process.exit(1); },
);
