//! The command line: names, options and help of every command.

use crate::commands::faucet::parse;
use carbyne_wallet::dev::SEED;
use carbyne_wallet::{cli::WalletArgs, everyday};
use clap::{ArgGroup, Args, Parser, Subcommand};
use std::net::{SocketAddr, SocketAddrV4};
use std::path::PathBuf;

/// BitShares 2.0, built anew: a chain with accounts, an exchange inside the ledger and SmartCoins.
#[derive(Debug, Parser)]
#[command(name = "carbyne", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a one-node chain for development: makes a genesis, produces blocks, serves the API
    Dev(DevArgs),
    /// Get coins from the faucet of a chain that `carbyne dev` runs
    Faucet(FaucetArgs),
    /// Run a witness or API node from a configuration file
    Node(NodeArgs),
    /// Run a network of nodes on this machine, or give an order to one that runs
    Testnet(TestnetArgs),
    /// Hold keys of witnesses and sign blocks for nodes, never two blocks for one slot
    Signer(SignerArgs),
    /// Keep keys and do everything an account can do; interactive without a command
    Wallet(WalletArgs),
    /// Register accounts
    Account {
        /// What to do with accounts.
        #[command(subcommand)]
        command: everyday::AccountCommand,
    },
    /// Send an amount from one account to another
    Transfer(everyday::TransferArgs),
    /// Print what an account has
    Balance(everyday::BalanceArgs),
    /// Place an order: `sell 10 BTS for 2 USD`
    Trade(everyday::TradeArgs),
    /// Say what became of a transaction
    Tx(everyday::TxArgs),
    /// Call a method of a node
    Call(everyday::CallArgs),
    /// Print what happens: to an account, in a market, or every block
    Watch(everyday::WatchArgs),
    /// Make and look at keys
    Keys {
        /// What to do with keys.
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Make a genesis file, and claim what it gives
    Genesis {
        /// What to do with a genesis.
        #[command(subcommand)]
        command: GenesisCommand,
    },
    /// Write the blocks of a data directory to a file, one JSON object a line
    Export(ExportArgs),
    /// Apply the blocks of a file to a data directory, with full checks; goes on where it stopped
    Import(ImportArgs),
    /// Take snapshots of the state in and out of data directories
    Snapshot {
        /// What to do with snapshots.
        #[command(subcommand)]
        command: SnapshotCommand,
    },
    /// Prepare other databases for the history, and say where they stand
    Sink {
        /// Which database.
        #[command(subcommand)]
        command: SinkCommand,
    },
    /// Make the history of a data directory anew
    History {
        /// What to do with history.
        #[command(subcommand)]
        command: HistoryCommand,
    },
    /// Walk the genesis, the blocks, the snapshots and the history of a data directory and say what
    /// is wrong; changes nothing
    Check(CheckArgs),
    /// Look into a data directory: its head, an object, the supply of every asset
    Inspect(InspectArgs),
    /// Measure how fast this machine is at what a chain does, beside yardsticks of the same minute;
    /// without a name, say what can be measured
    Bench(BenchArgs),
    /// Print the API as an OpenRPC document
    Openrpc,
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell to print it for
        shell: clap_complete::Shell,
    },
}

/// Options of `carbyne bench`.
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// What to measure; `all` for everything
    pub name: Option<String>,
    /// How large: what it counts, and its default, are in the list; several, one after another
    #[arg(long, value_name = "NUMBER[,NUMBER]", value_delimiter = ',',
          value_parser = clap::value_parser!(u64).range(2..=10_000_000))]
    pub size: Vec<u64>,
    /// Draw what one thing takes over the sizes, as SVG
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub plot: Option<PathBuf>,
    /// Run small, and fail where a ratio is far below what it should be
    #[arg(long, conflicts_with = "size")]
    pub check: bool,
}

/// Options of `carbyne signer`.
#[derive(Args, Debug)]
pub struct SignerArgs {
    /// File with a private key in wallet import format on each line, which only its owner can read
    #[arg(long, value_name = "FILE")]
    pub keys_file: PathBuf,
    /// The record of what was signed; made if it is missing. Never use an old copy of it
    #[arg(long, value_name = "FILE", default_value = "data/signer/signed")]
    pub record: PathBuf,
    /// Where nodes ask: unix:PATH, or an address of this machine with a port
    #[arg(long, value_name = "ADDRESS", default_value = "unix:data/signer/socket")]
    pub listen: String,
    /// Seconds of silence of the node that makes the blocks after which another takes over; more
    /// than two block intervals
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub lease: u64,
}

/// Options of `carbyne dev`.
#[derive(Args, Clone, Debug)]
pub struct DevArgs {
    /// Genesis file in the reference's JSON format; without it a genesis with a funded account is
    /// made
    #[arg(long, value_name = "FILE")]
    pub genesis: Option<PathBuf>,
    /// Private key of a block producer of a chain that another genesis began; may be given several
    /// times
    #[arg(long, value_name = "WIF")]
    pub witness_key: Vec<String>,
    /// Where blocks are kept
    #[arg(long, value_name = "DIR", default_value = "data/dev")]
    pub data_dir: PathBuf,
    /// Address the API listens on, for WebSocket and HTTP
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8090")]
    pub api: SocketAddr,
    /// Seconds between blocks of a genesis that is made; 1 if not given
    #[arg(long, value_name = "SECONDS", conflicts_with = "genesis",
          value_parser = clap::value_parser!(u8).range(1..=30))]
    pub block_interval: Option<u8>,
    /// Contracts that the reference does not have, open on the chain that is made: all, or some of
    /// recurring, escrow, bonds, options, titles, objects, with commas between them
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "genesis",
          value_parser = ["all", "recurring", "escrow", "bonds", "options", "titles", "objects"])]
    pub features: Vec<String>,
    /// Delete the chain in the data directory first, if `carbyne dev` made it
    #[arg(long)]
    pub fresh: bool,
    /// Go on although blocks that were there are lost; what came from them is set aside
    #[arg(long)]
    pub accept_loss: bool,
    /// Blocks between two snapshots of the state; 0 for none
    #[arg(long, value_name = "BLOCKS", default_value_t = 1_000)]
    pub snapshot_every: u32,
    /// Origin of a web page that may ask this node from a browser, such as http://localhost:3000;
    /// may be given several times
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,
    /// Produce a block whenever a transaction comes instead of by the clock, and let the API move
    /// time forward
    #[arg(long)]
    pub instant: bool,
    /// Accounts with coins beside `dev`, of a genesis that is made
    #[arg(long, value_name = "NUMBER", default_value_t = 10,
          value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub accounts: u16,
    /// Coins that each of them gets, in whole ones
    #[arg(long, value_name = "COINS", default_value_t = 1_000_000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub balance: u32,
    /// Words from which their keys follow
    #[arg(long, value_name = "WORDS", default_value = SEED)]
    pub seed: String,
    /// Make assets, a SmartCoin with a price and a pool, and have the accounts trade all the time
    #[arg(long, conflicts_with_all = ["instant", "genesis"])]
    pub demo: bool,
    /// Say nothing of blocks and refusals
    #[arg(long, short)]
    pub quiet: bool,
    /// Say every operation
    #[arg(long, short, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Say everything as JSON, an object a line
    #[arg(long, conflicts_with_all = ["quiet", "verbose"])]
    pub json: bool,
}

/// Options of `carbyne faucet`.
#[derive(Args, Debug)]
pub struct FaucetArgs {
    /// Name or id of the account that gets them
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    /// How many, such as 100 or 12.5; 10,000 if not given
    #[arg(value_name = "COINS", value_parser = parse)]
    pub coins: Option<i64>,
    /// Address of the node
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8090")]
    pub api: SocketAddr,
}

/// Options of `carbyne node`.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["config", "print_config"])))]
pub struct NodeArgs {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print a configuration file with every option, its default and what it means
    #[arg(long)]
    pub print_config: bool,
    /// Where connections of other nodes are taken, instead of `[p2p] listen`
    #[arg(long, value_name = "ADDR:PORT")]
    pub p2p_endpoint: Option<SocketAddrV4>,
    /// Node to connect to, beside those of `[p2p] seeds`; may be given several times
    #[arg(long, value_name = "HOST:PORT")]
    pub seed_node: Vec<String>,
    /// A snapshot that a new data directory begins with: a file, or nodes that are believed (may be
    /// given several times); a directory with a chain goes on with its own
    #[arg(long, value_name = "FILE|HOST:PORT")]
    pub snapshot_from: Vec<String>,
    /// Hash of the snapshot that is to come from a node, as `carbyne snapshot verify` told it: then
    /// the node need not be believed
    #[arg(long, value_name = "HASH", requires = "snapshot_from")]
    pub snapshot_hash: Option<String>,
    /// Go on although blocks that were there are lost; what came from them is set aside
    #[arg(long)]
    pub accept_loss: bool,
}

/// Options of `carbyne testnet`.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("order").args(["kill", "start", "partition", "heal", "down"])))]
pub struct TestnetArgs {
    /// Number of nodes
    #[arg(long, value_name = "NUMBER", default_value_t = 5,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub nodes: u16,
    /// Number of witnesses (odd), dealt out to the nodes in turn
    #[arg(long, value_name = "NUMBER", default_value_t = 11,
          value_parser = clap::value_parser!(u16).range(1..=101))]
    pub witnesses: u16,
    /// Seconds between blocks
    #[arg(long, value_name = "SECONDS", default_value_t = 1,
          value_parser = clap::value_parser!(u8).range(1..=30))]
    pub block_interval: u8,
    /// Name of an account that is to have money; may be given several times
    #[arg(long, value_name = "NAME", default_values_t = ["dev".to_owned()])]
    pub account: Vec<String>,
    /// Milliseconds that what one node sends another is on the way
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    pub delay: u64,
    /// Where everything of the network lies; what is there is taken up again
    #[arg(long, value_name = "DIR", default_value = "data/testnet")]
    pub dir: PathBuf,
    /// Delete the network that is there first
    #[arg(long)]
    pub fresh: bool,
    /// Order: end a node without warning
    #[arg(long, value_name = "NODE")]
    pub kill: Option<usize>,
    /// Order: start a node that was ended
    #[arg(long, value_name = "NODE")]
    pub start: Option<usize>,
    /// Order: cut the network into groups, such as 2/3 or 0,4/1,2,3
    #[arg(long, value_name = "GROUPS")]
    pub partition: Option<String>,
    /// Order: mend all links
    #[arg(long)]
    pub heal: bool,
    /// Order: end the network
    #[arg(long)]
    pub down: bool,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a new random key
    New(PrefixArgs),
    /// Derive a key from a brain key, as wallets do
    FromBrainKey {
        /// The words, in quotes
        words: String,
        /// Which key of the brain key
        #[arg(long, default_value_t = 0)]
        sequence: u32,
        /// The prefix of public keys.
        #[command(flatten)]
        prefix: PrefixArgs,
    },
    /// Show the public key and the address of a private key
    Show {
        /// The private key in wallet import format
        wif: String,
        /// The prefix of public keys.
        #[command(flatten)]
        prefix: PrefixArgs,
    },
}

/// The prefix of public keys in text.
#[derive(Args, Debug)]
pub struct PrefixArgs {
    /// What public keys and addresses start with
    #[arg(long, default_value = "BTS")]
    pub prefix: String,
}

/// What to do with a genesis.
#[derive(Debug, Subcommand)]
pub enum GenesisCommand {
    /// Write a genesis with the given number of witnesses and one account to whose key the whole
    /// supply belongs, and print their new keys
    New {
        /// File to write; it must not exist
        file: PathBuf,
        /// Number of witnesses and committee members (odd)
        #[arg(long, value_name = "NUMBER", default_value_t = 11,
              value_parser = clap::value_parser!(u16).range(1..=1001))]
        witnesses: u16,
        /// Name of the account that is to hold the core supply
        #[arg(long, value_name = "NAME", default_value = "dev")]
        account: String,
        /// Seconds between blocks
        #[arg(long, value_name = "SECONDS", default_value_t = 3,
              value_parser = clap::value_parser!(u8).range(1..=30))]
        block_interval: u8,
    },
    /// Have a running node pay out what a genesis gives to a key
    Claim {
        /// Account that is to have it
        account: String,
        /// Private key to which it belongs
        wif: String,
        /// Where the node listens
        #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8090")]
        api: SocketAddr,
        /// The prefix of public keys.
        #[command(flatten)]
        prefix: PrefixArgs,
    },
}

/// Options of `carbyne export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// Data directory to read; no node may be running there
    #[arg(long, value_name = "DIR", default_value = "data/dev")]
    pub data_dir: PathBuf,
    /// File to write; it must not exist (`-` for standard output)
    pub file: PathBuf,
    /// First block; the first there is if not given
    #[arg(long, value_name = "NUMBER")]
    pub from: Option<u32>,
    /// Last block; the head if not given
    #[arg(long, value_name = "NUMBER")]
    pub to: Option<u32>,
}

/// Options of `carbyne import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// File with one block a line, as `export` writes it
    pub file: PathBuf,
    /// Genesis of the chain; needed once, for a new data directory
    #[arg(long, value_name = "FILE")]
    pub genesis: Option<PathBuf>,
    /// Data directory to write
    #[arg(long, value_name = "DIR", default_value = "data/import")]
    pub data_dir: PathBuf,
    /// Trust the file: do not check signatures
    #[arg(long)]
    pub trust: bool,
    /// Go on although blocks that were there are lost; what came from them is set aside
    #[arg(long)]
    pub accept_loss: bool,
}

/// What to do with snapshots.
#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// Copy the newest good snapshot of a data directory to a file; a node may be running there
    Export {
        /// Data directory to read
        #[arg(long, value_name = "DIR", default_value = "data/dev")]
        data_dir: PathBuf,
        /// File to write; it must not exist
        file: PathBuf,
    },
    /// Take a snapshot into a data directory, which need not exist yet: a node goes on from it
    Import {
        /// Data directory to write
        #[arg(long, value_name = "DIR", default_value = "data/node")]
        data_dir: PathBuf,
        /// Genesis of the chain: a snapshot of another chain is refused
        #[arg(long, value_name = "FILE")]
        genesis: Option<PathBuf>,
        /// The snapshot
        file: PathBuf,
    },
    /// Read a snapshot whole, check every hash and say of which block it is
    Verify {
        /// Genesis of the chain: a snapshot of another chain is refused
        #[arg(long, value_name = "FILE")]
        genesis: Option<PathBuf>,
        /// The snapshot
        file: PathBuf,
    },
}

/// Databases that take the history.
#[derive(Debug, Subcommand)]
pub enum SinkCommand {
    /// PostgreSQL, fed by nodes with [sink.postgres] in their configuration
    Postgres {
        /// What to do with it.
        #[command(subcommand)]
        command: PostgresCommand,
    },
}

/// What to do with PostgreSQL.
#[derive(Debug, Subcommand)]
pub enum PostgresCommand {
    /// Create the schema, or bring it to this version; nothing happens if it is there
    Init(PostgresArgs),
    /// Print where the database stands, and how far behind the node
    Status(PostgresArgs),
}

/// Which PostgreSQL.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("place").required(true).multiple(true).args(["config", "url"])))]
pub struct PostgresArgs {
    /// Configuration file of the node (TOML)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address of the database, instead of that in the file
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The schema, instead of that in the file
    #[arg(long, value_name = "NAME")]
    pub schema: Option<String>,
}

/// What to do with history.
#[derive(Debug, Subcommand)]
pub enum HistoryCommand {
    /// Make the history anew from the blocks that are there; no node may be running there
    Rebuild {
        /// Data directory
        #[arg(long, value_name = "DIR", default_value = "data/dev")]
        data_dir: PathBuf,
    },
}

/// Options of `carbyne check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Data directory to check; no node may be running there
    #[arg(long, value_name = "DIR", default_value = "data/dev")]
    pub data_dir: PathBuf,
    /// Also apply every block from the genesis on and compare the states with those of the
    /// snapshots
    #[arg(long)]
    pub replay: bool,
}

/// Options of `carbyne inspect`.
#[derive(Args, Debug)]
pub struct InspectArgs {
    /// Data directory to read; no node may be running there
    #[arg(long, value_name = "DIR", default_value = "data/dev", global = true)]
    pub data_dir: PathBuf,
    /// What to look at; the head if not given
    #[command(subcommand)]
    pub what: Option<InspectWhat>,
}

/// What to look at.
#[derive(Debug, Subcommand)]
pub enum InspectWhat {
    /// Number, id and time of the head block, and the chain id
    Head,
    /// SHA-256 over every object of the state at the head block
    StateHash,
    /// An object by id, such as 1.2.17
    Object {
        /// The id
        id: String,
    },
    /// Whether balances, orders, pools and reserves of every asset add up to its supply
    Supply,
}
