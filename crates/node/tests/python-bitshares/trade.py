"""What a trading bot does from its first connection to a trade, with unmodified python-bitshares.

Usage: trade.py WS_URL CHAIN_ID FUNDED_ACCOUNT FUNDED_WIF
"""
import queue
import sys
import threading

from bitshares import BitShares
from bitshares.account import Account
from bitshares.amount import Amount
from bitshares.asset import Asset
from bitshares.exceptions import AccountDoesNotExistsException
from bitshares.instance import set_shared_bitshares_instance
from bitshares.market import Market
from bitshares.memo import Memo
from bitshares.notify import Notify
from bitshares.price import FilledOrder
from bitsharesbase import operationids, operations
from bitsharesbase.account import PasswordKey
from bitsharesbase.chains import known_chains
from grapheneapi.exceptions import RPCError

URL, CHAIN_ID, FUNDED, WIF = sys.argv[1:]
ALICE, BOB, SYMBOL = "alice-py-1", "bob-py-1", "PYGOLD"
NO_FEE = {"amount": 0, "asset_id": "1.3.0"}
PATIENCE = 30  # seconds a notice may take


def step(name):
    print(f"- {name}", flush=True)


def same(left, right):
    assert left == right, f"{left!r} is not {right!r}"


def forget():
    """The library keeps what it read, under the name or the id; reads from now on ask the node."""
    for kind in (Account, Asset):
        kind.clear_cache()


def account(name):
    forget()
    return Account(name)


def key(name, role):
    return PasswordKey(name, "a password", role=role).get_private_key()


def connect():
    known_chains["CARBYNE"] = {"chain_id": CHAIN_ID, "core_symbol": "BTS", "prefix": "BTS"}
    wifs = [WIF] + [str(key(name, role)) for name in (ALICE, BOB) for role in ("active", "memo")]
    chain = BitShares(URL, keys=wifs, blocking="head", num_retries=1)
    set_shared_bitshares_instance(chain)
    same(chain.rpc.get_chain_id(), CHAIN_ID)
    over_http = BitShares(URL.replace("ws://", "http://"), num_retries=1)
    same(over_http.rpc.get_chain_id(), CHAIN_ID)
    return chain


def create_accounts(chain):
    for name in (ALICE, BOB):
        try:
            account(name)
            raise AssertionError(f"{name} should not be there yet")
        except AccountDoesNotExistsException:
            pass
        made = chain.create_account(
            name, registrar=FUNDED, referrer=FUNDED, password="a password", storekeys=False
        )
        same(made["operation_results"][0][1], account(name)["id"])


def transfer_with_memo(chain):
    chain.transfer(ALICE, 100000, "BTS", memo="für Alice", account=FUNDED)
    same(account(ALICE).balance("BTS"), Amount(100000, "BTS"))
    received = next(entry for entry in account(ALICE).history(limit=5) if entry["op"][0] == 0)
    memo = received["op"][1]["memo"]
    same(Memo(FUNDED, ALICE).decrypt(memo), "für Alice")
    chain.transfer(BOB, 1000, "BTS", account=FUNDED)


def create_and_issue(chain):
    made = chain.create_asset(SYMBOL, 2, 10000000, description="a test", account=ALICE)
    gold = Asset(SYMBOL)
    same(made["operation_results"][0][1], gold["id"])
    same(gold["precision"], 2)
    gold.issue(500, ALICE)
    same(account(ALICE).balance(SYMBOL), Amount(500, SYMBOL))
    return gold


def trade(chain, told):
    market = Market(f"{SYMBOL}:BTS")
    order = market.sell(5, 10, account=ALICE, returnOrderId="head")["orderid"]
    resting = market.sell(20, 5, account=ALICE, returnOrderId="head")["orderid"]
    asks = market.orderbook()["asks"]
    same([float(ask["price"]) for ask in asks], [5.0, 20.0])
    same(float(asks[0]["quote"]), 10.0)
    same(len(market.get_limit_orders()), 2)
    same({opened["id"] for opened in account(ALICE).openorders}, {order, resting})

    market.buy(5, 4, account=BOB)
    same(chain.rpc.get_object(order)["for_sale"], 600)
    market.cancel(resting, account=ALICE)
    same(chain.rpc.get_object(resting), None)
    same(account(BOB).balance(SYMBOL), Amount(4, SYMBOL))

    same(float(market.ticker()["latest"]), 5.0)
    same(float(market.volume24h()[SYMBOL]), 4.0)
    same([float(fill["quote"]) for fill in market.trades()], [4.0])
    same(len(market.accounttrades(BOB)), 1)
    names = [entry["op"][0] for entry in account(BOB).history(limit=2)]
    same(names, [operationids.operations["fill_order"], operationids.operations["limit_order_create"]])
    wait_for(told, {"transaction", "account", "fill"})


def listen():
    """The kinds of notices about blocks, transactions, Alice and the market, from a second connection."""
    told = queue.Queue()
    notify = Notify(
        accounts=[ALICE],
        markets=[f"{SYMBOL}:BTS"],
        on_tx=lambda _: told.put("transaction"),
        on_block=lambda _: told.put("block"),
        on_account=lambda _: told.put("account"),
        on_market=lambda notice: told.put("fill" if isinstance(notice, FilledOrder) else "order"),
    )
    threading.Thread(target=notify.listen, daemon=True).start()
    wait_for(told, {"block"})
    return told


def wait_for(told, kinds):
    while kinds:
        kinds = kinds - {told.get(timeout=PATIENCE)}


def refuse_wrong_signature(chain):
    stranger = BitShares(URL, keys=[str(key(BOB, "active"))], num_retries=1)
    builder = stranger.new_tx()
    amount = {"amount": 1, "asset_id": "1.3.0"}
    alice, bob = account(ALICE)["id"], account(BOB)["id"]
    builder.appendOps(
        operations.Transfer(**{"fee": NO_FEE, "from": alice, "to": bob, "amount": amount, "prefix": "BTS"})
    )
    builder.appendWif(str(key(BOB, "active")))
    builder.sign()
    try:
        stranger.rpc.broadcast_transaction(builder.json(), api="network_broadcast")
    except RPCError as error:
        assert "missing required active authority" in str(error).lower(), error
        assert alice in str(error), f"{error} does not name the account"
        return
    raise AssertionError("the transaction was taken")


def main():
    step("read the chain id")
    chain = connect()
    step("create two accounts")
    create_accounts(chain)
    step("transfer with an encrypted memo")
    transfer_with_memo(chain)
    step("create and issue an asset")
    create_and_issue(chain)
    step("place, match and cancel orders, and be told")
    trade(chain, listen())
    step("see a wrongly signed transaction refused")
    refuse_wrong_signature(chain)
    print("ok")


main()
