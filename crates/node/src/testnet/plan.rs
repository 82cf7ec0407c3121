//! What a network is made of: genesis, keys, ports and configurations, in a folder.
//!
//! Invariant: what is in the folder is never changed by a second start. This file must never know
//! how the processes are doing.

use crate::clock::Clock;
use crate::commands::genesis::{aligned, pay_out};
use crate::core::public_keys;
use crate::genesis::{Recipe, make};
use crate::home::begin;
use anyhow::{Context, Result, ensure};
use carbyne_crypto::PrivateKey;
use carbyne_protocol::constants::MAX_SHARE_SUPPLY;
use carbyne_wire::Dialect;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::path::Path;
use std::time::Duration;

/// The plan in the folder.
const PLAN: &str = "testnet.json";
/// The genesis in the folder.
const GENESIS: &str = "genesis.json";
/// Seconds between maintenances.
const MAINTENANCE_INTERVAL: u32 = 300;

/// What somebody wants.
#[derive(Clone, Debug)]
pub struct Wish {
    /// How many nodes.
    pub nodes: usize,
    /// How many witnesses, odd.
    pub witnesses: usize,
    /// Seconds between blocks.
    pub block_interval: u8,
    /// Names of accounts that are to have money.
    pub accounts: Vec<String>,
    /// How long what one node sends another is on the way.
    pub delay: Duration,
}

/// Whether a node makes blocks before it is in step with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    Yes,
    No,
}

/// A node of the network.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct PlannedNode {
    pub(super) api: SocketAddrV4,
    pub(super) p2p: SocketAddrV4,
    /// Private keys of its witnesses.
    pub(super) keys: Vec<String>,
    /// Numbers of its witnesses.
    pub(super) witnesses: Vec<usize>,
}

/// An account with money.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct PlannedAccount {
    pub(super) name: String,
    pub(super) key: String,
}

/// A network.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Plan {
    pub(super) nodes: Vec<PlannedNode>,
    pub(super) accounts: Vec<PlannedAccount>,
}

impl Plan {
    /// The plan in a folder; made as wished if there is none.
    pub(super) fn open(folder: &Path, wish: &Wish) -> Result<Self> {
        let path = folder.join(PLAN);
        if let Ok(text) = fs::read_to_string(&path) {
            return serde_json::from_str(&text)
                .with_context(|| format!("{} is no plan of a network", path.display()));
        }
        ensure!(wish.nodes > 0, "a network has at least one node");
        ensure!(wish.witnesses % 2 == 1, "the number of witnesses must be odd");
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let (plan, genesis) = Self::make(wish)?;
        fs::write(folder.join(GENESIS), genesis)?;
        fs::write(&path, serde_json::to_string_pretty(&plan)?)?;
        Ok(plan)
    }

    fn make(wish: &Wish) -> Result<(Self, String)> {
        let new_key = || PrivateKey::generate().context("the system gives no random numbers");
        let keys = (0..wish.witnesses).map(|_| new_key()).collect::<Result<Vec<_>>>()?;
        let accounts = wish.accounts.iter().map(|_| new_key()).collect::<Result<Vec<_>>>()?;
        let genesis = genesis(wish, &keys, &accounts)?;
        let mut ports = ports(2 * wish.nodes)?.into_iter();
        let mut nodes = Vec::new();
        for number in 0..wish.nodes {
            let witnesses: Vec<usize> = (number..keys.len()).step_by(wish.nodes).collect();
            let (api, p2p) = (ports.next(), ports.next());
            nodes.push(PlannedNode {
                api: api.context("a port")?,
                p2p: p2p.context("a port")?,
                keys: witnesses.iter().map(|witness| keys[*witness].to_wif()).collect(),
                witnesses,
            });
        }
        let named = wish.accounts.iter().zip(&accounts);
        let accounts =
            named.map(|(name, key)| PlannedAccount { name: name.clone(), key: key.to_wif() });
        Ok((Self { nodes, accounts: accounts.collect() }, genesis))
    }

    /// The configuration of a node, whose peers are found there.
    pub(super) fn configuration(
        &self,
        number: usize,
        seeds: &[SocketAddrV4],
        begins: Begins,
    ) -> String {
        let node = &self.nodes[number];
        let mut text = String::new();
        let seeds: Vec<String> = seeds.iter().map(|seed| format!("\"{seed}\"")).collect();
        let _strings_never_fail = write!(
            text,
            "data_dir = \"node{number}\"\ngenesis = \"{GENESIS}\"\n\n[api]\nlisten = \"{}\"\n\
             open = [\"database\", \"network_broadcast\", \"history\", \"orders\", \
             \"custom_operations\", \"carbyne\", \"block\", \"network_node\"]\n\n\
             [p2p]\nlisten = \"{}\"\nseeds = [{}]\n# All links go through this network's own, so \
             that they can be cut.\nadvertised = \"0.0.0.0:0\"\nadvertise = \"nothing\"\n\
             connect_to_others = false\n\n\
             [witness]\nprivate_keys = {:?}\nenable_stale_production = {}\n",
            node.api,
            node.p2p,
            seeds.join(", "),
            node.keys,
            begins == Begins::Yes,
        );
        text
    }

    /// Pays out what the genesis gives to the accounts, if that was not done.
    pub(super) fn fund(&self) -> Result<()> {
        let Some(node) = self.nodes.first() else { return Ok(()) };
        for account in &self.accounts {
            pay_out(&account.name, &account.key, node.api.into(), Dialect::REFERENCE)?;
        }
        Ok(())
    }
}

/// A genesis in which each account has the same.
fn genesis(wish: &Wish, keys: &[PrivateKey], accounts: &[PrivateKey]) -> Result<String> {
    let (first, key) =
        wish.accounts.first().zip(accounts.first()).context("at least one account is named")?;
    let others = wish.accounts.iter().cloned().zip(accounts.iter().map(PrivateKey::public_key));
    let others: Vec<_> = others.skip(1).collect();
    let text = make(&Recipe {
        dialect: Dialect::REFERENCE,
        time: aligned(Clock.now(), wish.block_interval),
        witnesses: &public_keys(keys),
        account: first,
        account_key: key.public_key(),
        others: &others,
        block_interval: wish.block_interval,
        maintenance_interval: MAINTENANCE_INTERVAL,
        features: None,
    });
    let mut genesis: Value = serde_json::from_str(&text).context("a genesis is JSON")?;
    let prefix = Dialect::REFERENCE.prefix();
    let share = MAX_SHARE_SUPPLY / accounts.len() as i64;
    let balances = accounts.iter().map(|key| {
        let owner = key.public_key().address().to_text(prefix);
        json!({ "owner": owner, "asset_symbol": "BTS", "amount": share.to_string() })
    });
    genesis["initial_balances"] = balances.collect();
    let text = format!("{genesis:#}\n");
    begin(text.as_bytes(), Dialect::REFERENCE)?;
    Ok(text)
}

/// Ports from this one on, so many, are for nodes.
const FIRST_PORT: u16 = 12_000;
const PORTS: u32 = 20_000;

/// Ports of this machine that nobody uses, and that no connection is given for its own end before
/// a node listens there: systems take those from 32,768 on. Networks of one machine begin to look
/// at different ports.
fn ports(count: usize) -> Result<Vec<SocketAddrV4>> {
    let begin = std::process::id().wrapping_mul(61);
    let ports = (0..PORTS).filter_map(|n| u16::try_from(begin.wrapping_add(n) % PORTS).ok());
    let take = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, FIRST_PORT + port)).ok();
    // All are held until the last is found, so that each is another.
    let held: Vec<TcpListener> = ports.filter_map(take).take(count).collect();
    ensure!(held.len() == count, "this machine has fewer than {count} free ports");
    let place = |listener: &TcpListener| {
        let port = listener.local_addr()?.port();
        Ok(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
    };
    held.iter().map(place).collect()
}
