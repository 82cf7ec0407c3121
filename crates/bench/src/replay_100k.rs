//! What the reference measures itself with (`tests/performance`, `one_hundred_k_benchmark`):
//! accounts made, transfers, assets made, and some of each issued, in that order, a transaction
//! each, signatures not asked for. Here with undo on, and in blocks.

use crate::figures::Figures;
use crate::watch::Watch;
use crate::world::{NO_SIGNATURES, World};
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::account::create::AccountCreate;
use carbyne_protocol::ops::asset::create::AssetCreate;
use carbyne_protocol::ops::asset::issue::AssetIssue;
use carbyne_protocol::ops::asset::options::AssetOptions;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::recovered::Recover;
use carbyne_wire::Id;

/// Transactions of a block.
const PER_BLOCK: u64 = 1_000;
/// What the reference does of each in a second on a machine of the kind the targets are for.
const REFERENCE: [(&str, f64); 4] = [
    ("replay_100k.accounts", 64_400.0),
    ("replay_100k.transfers", 110_800.0),
    ("replay_100k.assets", 66_100.0),
    ("replay_100k.issues", 130_400.0),
];

/// Who pays for everything: a lifetime member.
const NATHAN: AccountId = Id(6);

struct Replay {
    world: World,
    accounts: u64,
    assets: u64,
}

impl Replay {
    fn account(&self, n: u64) -> Operation {
        let name = format!("target{n}");
        let sample = self.world.authority();
        AccountCreate {
            registrar: NATHAN,
            referrer: NATHAN,
            name: name.as_str().into(),
            owner: sample.clone(),
            active: sample,
            ..AccountCreate::default()
        }
        .into()
    }

    fn transfer(&self, n: u64, count: u64) -> Operation {
        let to = Id(self.accounts + n % count);
        // The second to an account brings another amount, or it would be a duplicate.
        let amount = Asset::core(1 + (n / count) as i64);
        Transfer { from: NATHAN, to, amount, ..Transfer::default() }.into()
    }

    fn asset(&self, n: u64) -> Operation {
        let digits = format!("{n}");
        let letters = digits.bytes().map(|digit| char::from(digit - b'0' + b'A'));
        let symbol: String = "TARGET".chars().chain(letters).collect();
        let rate = Price::new(Asset::core(1), Asset::new(1, Id(1)));
        let common_options = AssetOptions { core_exchange_rate: rate, ..AssetOptions::default() };
        AssetCreate {
            issuer: NATHAN,
            symbol: symbol.as_str().into(),
            precision: 5,
            common_options,
            ..AssetCreate::default()
        }
        .into()
    }

    fn issue(&self, n: u64) -> Operation {
        let asset: AssetId = Id(self.assets + n);
        AssetIssue {
            issuer: NATHAN,
            asset_to_issue: Asset::new(1_000, asset),
            issue_to_account: Id(self.accounts + n),
            ..AssetIssue::default()
        }
        .into()
    }

    /// Does one thing for every number below `count`.
    fn phase(&mut self, count: u64, operation: impl Fn(&Self, u64) -> Operation) -> Watch {
        let mut watch = Watch::default();
        let mut next = 0;
        while next < count {
            let end = count.min(next + PER_BLOCK);
            let transactions = (next..end).map(|n| {
                let operation = self.world.with_fee(operation(self, n));
                self.world.unsigned(operation)
            });
            let block = self.world.block(transactions.collect(), Recover::Nothing);
            watch
                .time(end - next, || self.world.chain.push_block(block, NO_SIGNATURES))
                .expect("the block applies");
            self.world.chain.take_events();
            next = end;
        }
        watch
    }
}

/// With so many accounts.
pub fn run(count: u64) -> Vec<Figures> {
    let mut world = World::new(0);
    // Enough for the fees of 200,000 assets; and an account is not dear because so many are made in
    // one day.
    (0..4).for_each(|_| world.enrich(NATHAN));
    let changed = world.chain.ledger_mut().modify_global(|global| {
        global.parameters.account_fee_scale_bitshifts = 0;
    });
    changed.expect("parameters");
    let tables = &world.chain.ledger().tables;
    let (accounts, assets) = (tables.accounts.next_instance(), tables.assets.next_instance());
    let mut replay = Replay { world, accounts, assets };
    let watches = [
        replay.phase(count, Replay::account),
        replay.phase(2 * count, |replay, n| replay.transfer(n, count)),
        replay.phase(count, Replay::asset),
        replay.phase(count, Replay::issue),
    ];
    let hash = replay.world.checked_hash();
    let phases = REFERENCE.into_iter().zip(watches);
    let figures = phases.map(|((name, rate), watch)| {
        Figures::new(name, count, &watch, ("the reference, elsewhere", rate)).with_state(hash)
    });
    figures.collect()
}
