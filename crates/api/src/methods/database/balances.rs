//! Balances: of accounts, vesting, and those of the genesis that nobody claimed yet.

use crate::answer::Answer;
use crate::methods::{Method, gather};
use crate::{ApiError, Arguments, View};
use carbyne_crypto::Address;
use carbyne_protocol::ids::{AssetId, BalanceId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::confidential::CommitmentBytes;
use carbyne_wire::FlatSet;

pub(super) const METHODS: &[Method] = &[
    gather(
        "get_account_balances(account_name_or_id: name|1.2.x, assets: \
         [1.3.x]<=get_account_balances) -> [asset]",
        "What an account has of some or all assets.",
        of_account,
    ),
    gather(
        "get_named_account_balances(name: name|1.2.x, assets: [1.3.x]<=get_account_balances) -> \
         [asset]",
        "Balances of an account by its name.",
        of_account,
    ),
    gather(
        "get_balance_objects(addrs: [address]<=get_balance_objects) -> [balance_object]",
        "Balances of the genesis by address.",
        get_balance_objects,
    ),
    gather(
        "get_vested_balances(objs: [1.15.x]<=get_vested_balances) -> [asset]",
        "What can be claimed of such balances.",
        get_vested_balances,
    ),
    gather(
        "get_blinded_balances(commitments: [commitment]<=get_blinded_balances) -> \
         [blinded_balance_object]",
        "Blinded balances by commitment.",
        |view, arguments| {
            let commitments: FlatSet<CommitmentBytes> = arguments.get(0)?;
            let index = view.ledger.tables.blinded_balances.index();
            let ids = commitments.iter().filter_map(|commitment| index.find(commitment));
            view.objects(ids, usize::MAX)
        },
    ),
    gather(
        "get_vesting_balances(account_name_or_id: name|1.2.x) -> [vesting_balance_object]",
        "The vesting balances of an account.",
        |view, arguments| {
            let account = arguments.account(view, 0)?.id;
            let ids = view.ledger.tables.vesting_balances.index().of_account(account);
            view.objects(ids, usize::MAX)
        },
    ),
];

fn get_balance_objects(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let owners: Vec<Address> = arguments.get(0)?;
    let index = view.ledger.tables.claims.index();
    let ids = owners.into_iter().flat_map(|owner| index.of_owner(owner));
    view.objects(ids, usize::MAX)
}

fn get_vested_balances(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let ids: Vec<BalanceId> = arguments.get(0)?;
    let now = view.ledger.head_time()?;
    view.list(ids.into_iter().map(|id| view.row(view.ledger.get(id)?.available(now)?)))
}

fn of_account(view: &View<'_>, arguments: &Arguments<'_>) -> Result<Answer, ApiError> {
    let name: String = arguments.get(0)?;
    let assets: FlatSet<AssetId> = arguments.get(1)?;
    let (account, balances) = (view.account(&name)?.id, &view.ledger.tables.balances);
    let balance = |asset: AssetId| Asset::new(view.ledger.balance(account, asset), asset);
    if assets.is_empty() {
        let holdings = balances.index().of_account(account);
        return view.rows(holdings.map(|(asset, _)| balance(asset)), usize::MAX);
    }
    view.rows(assets.iter().map(|asset| balance(*asset)), usize::MAX)
}
