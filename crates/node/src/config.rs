//! The configuration file of `carbyne node`: TOML, every option with a default.

use crate::budget::Budget;
use crate::core::Storage;
use crate::guard::SocketLimits;
use crate::home::KeepHistory;
use crate::p2p;
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_api::methods::ApiSet;
use carbyne_net::message::{Endpoint, Object};
use carbyne_net::{Advertise, carbyne_member};
use serde::Deserialize;
use std::net::{SocketAddr, SocketAddrV4};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file with every option, its default and what it means.
pub const EXAMPLE: &str = include_str!("../node.example.toml");

/// What an operator can set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where blocks are kept.
    pub data_dir: PathBuf,
    /// Genesis of the chain; needed once, for a new data directory.
    pub genesis: Option<PathBuf>,
    /// The files.
    pub storage: StorageConfig,
    /// What happened.
    pub history: HistoryConfig,
    /// The chain.
    pub chain: ChainConfig,
    /// The interface.
    pub api: ApiConfig,
    /// Other nodes.
    pub p2p: PeersConfig,
    /// The page.
    pub web: WebConfig,
    /// Block production.
    pub witness: WitnessConfig,
    /// Other databases that take the history.
    pub sink: SinkConfig,
}

/// The files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StorageConfig {
    /// Blocks between two snapshots of the state; 0 for none.
    pub snapshot_every: u32,
    /// MiB that must be free on the disk for the node to take anything in.
    pub keep_free_mib: u64,
}

/// What happened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HistoryConfig {
    /// Whether it is kept.
    pub enabled: bool,
}

/// Constants of the chain.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChainConfig {
    /// What public keys and addresses start with.
    pub address_prefix: String,
}

/// The interface.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// API sets open to everybody.
    pub open: Vec<String>,
    /// Whether a client may subscribe to everything that is created and removed.
    pub enable_subscribe_to_all: bool,
    /// Seconds after which the head is too old for `GET /health` to say that all is well.
    pub healthy_head_age_seconds: u32,
    /// Sockets in all.
    pub connections: usize,
    /// Sockets of one address.
    pub sockets_per_address: usize,
    /// WebSocket connections of one address.
    pub connections_per_address: usize,
    /// Requests of one address that may be in work at once.
    pub requests_per_address: usize,
    /// What the requests of one address may cost in a second, in the long run; 0 for no limit.
    pub cost_per_second_per_address: u64,
    /// What they may cost at once after a time of rest.
    pub cost_burst_per_address: u64,
    /// KiB of one frame or body.
    pub frame_kib: usize,
    /// MiB of messages and answers that may be under way at once.
    pub in_flight_mib: usize,
    /// Those of one address.
    pub in_flight_mib_per_address: usize,
    /// Seconds that a client may say nothing before its request, and take for the head of it.
    pub head_seconds: u64,
    /// Seconds that a message or body may take to come, and an answer to be taken.
    pub message_seconds: u64,
    /// Subscriptions of one connection.
    pub subscriptions_per_connection: usize,
    /// Whether messages are compressed for clients that can read that.
    pub compress: bool,
    /// Whether a proxy says in `X-Forwarded-For` who asks.
    pub behind_proxy: bool,
    /// Origins of web pages that may ask, beside the node's own.
    pub allowed_origins: Vec<String>,
    /// Names of a node that only its own machine can reach, beside those of the machine.
    pub allowed_hosts: Vec<String>,
}

/// Other nodes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeersConfig {
    /// Where connections are taken.
    pub listen: Option<SocketAddrV4>,
    /// Nodes that are connected to first.
    pub seeds: Vec<String>,
    /// What others are told of where connections are taken.
    pub advertised: Option<SocketAddrV4>,
    /// Whether connections are taken.
    pub accept: bool,
    /// Whom others are told of.
    pub advertise: AdvertiseConfig,
    /// The nodes of `advertise`.
    pub advertise_list: Vec<SocketAddrV4>,
    /// Whether nodes that others tell of are connected to.
    pub connect_to_others: bool,
    /// Connections that are looked for.
    pub wanted_peers: usize,
    /// Connections that there may be.
    pub max_peers: usize,
    /// Those of one address.
    pub max_peers_per_address: usize,
    /// KiB that may be sent in a second; 0 for no limit.
    pub upload_kib_per_second: u64,
    /// KiB that may be received in a second; 0 for no limit.
    pub download_kib_per_second: u64,
    /// KiB of states that are given to new nodes in a second; 0 for none.
    pub state_kib_per_second: u32,
}

/// Whom others are told of.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdvertiseConfig {
    /// All peers.
    #[default]
    All,
    /// None.
    Nothing,
    /// Those of the list.
    List,
    /// All but those of the list.
    Exclude,
}

impl Default for PeersConfig {
    fn default() -> Self {
        let net = carbyne_net::Config::default();
        Self {
            listen: None,
            seeds: Vec::new(),
            advertised: None,
            accept: true,
            advertise: AdvertiseConfig::All,
            advertise_list: Vec::new(),
            connect_to_others: true,
            wanted_peers: net.connections_wanted,
            max_peers: net.connections_max,
            max_peers_per_address: net.connections_of_an_address_max,
            upload_kib_per_second: 0,
            download_kib_per_second: 0,
            state_kib_per_second: net.state_bytes_per_second >> 10,
        }
    }
}

impl PeersConfig {
    /// What is set, if there are to be peers at all; `folder` is where is kept what is known of
    /// them.
    pub fn settings(&self, folder: PathBuf) -> Option<p2p::Settings> {
        if self.listen.is_none() && self.seeds.is_empty() {
            return None;
        }
        let list = || self.advertise_list.iter().copied().map(Endpoint::from).collect();
        let advertise = match self.advertise {
            AdvertiseConfig::All => Advertise::All,
            AdvertiseConfig::Nothing => Advertise::Nothing,
            AdvertiseConfig::List => Advertise::Only(list()),
            AdvertiseConfig::Exclude => Advertise::AllBut(list()),
        };
        let about =
            Object(vec![carbyne_member(), ("platform".into(), std::env::consts::OS.into())]);
        let net = carbyne_net::Config {
            about,
            advertised: self.advertised.map(Endpoint::from),
            advertise,
            connects_to_new_peers: self.connect_to_others,
            connections_wanted: self.wanted_peers.min(self.max_peers),
            connections_max: self.max_peers,
            connections_of_an_address_max: self.max_peers_per_address,
            state_bytes_per_second: self.state_kib_per_second.saturating_mul(1 << 10),
            ..carbyne_net::Config::default()
        };
        Some(p2p::Settings {
            listen: self.listen.filter(|_| self.accept),
            seeds: self.seeds.clone(),
            net,
            upload_per_second: self.upload_kib_per_second.saturating_mul(1 << 10),
            download_per_second: self.download_kib_per_second.saturating_mul(1 << 10),
            folder,
        })
    }
}

/// The page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebConfig {
    /// Whether it is served.
    pub enabled: bool,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// Block production.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WitnessConfig {
    /// Private keys of producers, in wallet import format.
    pub private_keys: Vec<String>,
    /// Whether blocks are made on a head block that is old, although there are peers.
    pub enable_stale_production: bool,
    /// A file with such keys, one on each line, that only its owner can read.
    pub keys_file: Option<PathBuf>,
    /// Where `carbyne signer` is, which holds the keys instead.
    pub signer: Option<String>,
    /// What the signer knows this node by.
    pub name: Option<String>,
}

/// Other databases that take the history.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SinkConfig {
    /// PostgreSQL.
    pub postgres: Option<PostgresConfig>,
}

/// A PostgreSQL that takes the history.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresConfig {
    /// Where it is.
    pub url: String,
    /// The schema in it.
    pub schema: Option<String>,
    /// Operations that one transaction brings, about, while the database catches up.
    pub batch_operations: Option<usize>,
}

impl From<&PostgresConfig> for carbyne_sink::Settings {
    fn from(config: &PostgresConfig) -> Self {
        let default = Self::default();
        Self {
            url: config.url.clone(),
            schema: config.schema.clone().unwrap_or(default.schema),
            batch_operations: config.batch_operations.unwrap_or(default.batch_operations).max(1),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data/node"),
            genesis: None,
            storage: StorageConfig::default(),
            history: HistoryConfig::default(),
            chain: ChainConfig::default(),
            api: ApiConfig::default(),
            p2p: PeersConfig::default(),
            web: WebConfig::default(),
            witness: WitnessConfig::default(),
            sink: SinkConfig::default(),
        }
    }
}

impl Default for StorageConfig {
    fn default() -> Self {
        let storage = Storage::default();
        Self {
            snapshot_every: storage.snapshot_every,
            keep_free_mib: storage.keep_free_bytes >> 20,
        }
    }
}

impl From<&StorageConfig> for Storage {
    fn from(config: &StorageConfig) -> Self {
        Self {
            snapshot_every: config.snapshot_every,
            keep_free_bytes: config.keep_free_mib.saturating_mul(1 << 20),
            ..Self::default()
        }
    }
}

impl Default for HistoryConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}

impl From<&HistoryConfig> for KeepHistory {
    fn from(config: &HistoryConfig) -> Self {
        if config.enabled { Self::OnDisk } else { Self::Not }
    }
}

impl Default for ChainConfig {
    fn default() -> Self {
        Self { address_prefix: "BTS".to_owned() }
    }
}

impl Default for ApiConfig {
    fn default() -> Self {
        let limits = SocketLimits::default();
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8090)),
            open: ApiSet::DEFAULT.iter().map(|set| set.name().to_owned()).collect(),
            enable_subscribe_to_all: false,
            healthy_head_age_seconds: limits.head_age_max,
            connections: limits.connections,
            sockets_per_address: limits.sockets_per_address,
            connections_per_address: limits.connections_per_address,
            requests_per_address: limits.requests_per_address,
            cost_per_second_per_address: limits.cost_per_address.per_second,
            cost_burst_per_address: limits.cost_per_address.burst,
            frame_kib: limits.frame_bytes >> 10,
            in_flight_mib: limits.bytes >> 20,
            in_flight_mib_per_address: limits.bytes_per_address >> 20,
            head_seconds: limits.head_time.as_secs(),
            message_seconds: limits.message_time.as_secs(),
            subscriptions_per_connection: limits.subscriptions,
            compress: limits.is_compressing,
            behind_proxy: limits.is_behind_proxy,
            allowed_origins: limits.origins,
            allowed_hosts: limits.hosts,
        }
    }
}

impl From<&Config> for SocketLimits {
    fn from(Config { api: config, web, .. }: &Config) -> Self {
        Self {
            connections: config.connections,
            sockets_per_address: config.sockets_per_address,
            connections_per_address: config.connections_per_address,
            requests_per_address: config.requests_per_address,
            cost_per_address: Budget {
                per_second: config.cost_per_second_per_address,
                burst: config.cost_burst_per_address,
            },
            frame_bytes: config.frame_kib.saturating_mul(1 << 10),
            bytes: config.in_flight_mib.saturating_mul(1 << 20),
            bytes_per_address: config.in_flight_mib_per_address.saturating_mul(1 << 20),
            head_time: Duration::from_secs(config.head_seconds),
            message_time: Duration::from_secs(config.message_seconds),
            subscriptions: config.subscriptions_per_connection,
            is_behind_proxy: config.behind_proxy,
            is_compressing: config.compress,
            origins: config.allowed_origins.clone(),
            hosts: config.allowed_hosts.clone(),
            head_age_max: config.healthy_head_age_seconds,
            has_page: web.enabled,
        }
    }
}

impl Config {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            anyhow!("{}, line {line}: {}", path.display(), error.message())
        })
    }
}

impl ApiConfig {
    /// The API sets by their names.
    pub fn open_sets(&self) -> Result<Vec<ApiSet>> {
        self.open
            .iter()
            .map(|name| {
                let set = ApiSet::by_name(name);
                ensure!(set.is_some(), "api.open: there is no API set \"{name}\"");
                Ok(set.unwrap_or(ApiSet::Database))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_the_default() {
        let example: Config = toml::from_str(EXAMPLE).unwrap();
        assert_eq!(format!("{example:?}"), format!("{:?}", Config::default()));
    }
}
