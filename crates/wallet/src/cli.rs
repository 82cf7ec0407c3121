//! The command lines of the wallet: `carbyne wallet` and the everyday commands.

use crate::console::{Agreement, Console, Passwords, Secrets, values};
use crate::dev::{self, Here, SEED};
use crate::error::{Result, WalletError};
use crate::node::Node;
use crate::output;
use crate::review::Manner;
use crate::serve::{Speech, listen, serve};
use crate::shell::{Shared, Shell, locked};
use crate::show;
use crate::wallet::Wallet;
use carbyne_client::{Client, Config};
use carbyne_wire::{Dialect, Tags};
use clap::Args;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Where a wallet lies, unless another file is chosen.
const FILE: &str = "carbyne.wallet";
/// Where a node is, unless another is chosen and none is in this folder.
const NODE: &str = "ws://127.0.0.1:8090";

/// Which node, which wallet, and how somebody is asked.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Node to ask, `ws://…` or `wss://…`; several are tried in turn. Without it the `carbyne dev`
    /// of this folder, else ws://127.0.0.1:8090
    #[arg(long, value_name = "URL", global = true)]
    pub node: Vec<String>,
    /// File of the wallet, this program's or the reference's wallet.json; on a development chain
    /// none is needed
    #[arg(long, value_name = "FILE", global = true)]
    pub wallet_file: Option<PathBuf>,
    /// File with the password in its first line, `-` for standard input; without it it is asked for
    #[arg(long, value_name = "FILE", global = true)]
    pub password_file: Option<PathBuf>,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// Show what would be sent, and send nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Send without asking
    #[arg(long, global = true)]
    pub yes: bool,
    /// Wait until the block of what was sent cannot be undone; sent again if a fork drops it
    #[arg(long = "final", global = true)]
    pub until_final: bool,
    /// What public keys of the chain begin with
    #[arg(long, value_name = "PREFIX", default_value = "BTS", global = true)]
    pub prefix: String,
}

/// Options of `carbyne wallet`.
#[derive(Args, Clone, Debug)]
pub struct WalletArgs {
    /// Which node and which wallet.
    #[command(flatten)]
    pub options: Options,
    /// Use the printed accounts of a development chain instead of a file
    #[arg(long)]
    pub dev: bool,
    /// Ask no node: for machines that only sign
    #[arg(long, conflicts_with_all = ["node", "dev"])]
    pub offline: bool,
    /// Lock the wallet when it was not used for so long
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    pub lock_after: u64,
    /// Serve the commands over WebSocket, as the reference's wallet does
    #[arg(long, value_name = "ADDR:PORT")]
    pub rpc_endpoint: Option<SocketAddr>,
    /// Serve the commands over HTTP, as the reference's wallet does
    #[arg(long, value_name = "ADDR:PORT")]
    pub rpc_http_endpoint: Option<SocketAddr>,
    /// A command with its arguments, as `help` lists them; without one the wallet is interactive
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<String>,
}

/// Options among the words of a command.
fn take_options(args: &mut WalletArgs) -> Result<()> {
    let mut rest = Vec::new();
    let mut words = std::mem::take(&mut args.words).into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => args.options.json = true,
            "--dry-run" => args.options.dry_run = true,
            "--yes" => args.options.yes = true,
            "--final" => args.options.until_final = true,
            "--dev" => args.dev = true,
            "--node" | "--wallet-file" | "--password-file" => {
                let value = words.next();
                let value = value.ok_or_else(|| WalletError::argument(&word, "has no value"))?;
                match word.as_str() {
                    "--node" => args.options.node.push(value),
                    "--wallet-file" => args.options.wallet_file = Some(value.into()),
                    _ => args.options.password_file = Some(value.into()),
                }
            }
            _ => rest.push(word),
        }
    }
    args.words = rest;
    Ok(())
}

impl Options {
    /// The nodes that are asked.
    fn nodes(&self) -> Vec<String> {
        if !self.node.is_empty() {
            return self.node.clone();
        }
        vec![Here::find().map_or_else(|| NODE.to_owned(), |here| here.url)]
    }

    /// The words from which keys follow on a development chain.
    fn dev_words(&self) -> String {
        let here = Here::find().filter(|here| self.nodes().contains(&here.url));
        here.map_or_else(|| SEED.to_owned(), |here| here.words)
    }

    /// How the chain writes keys.
    fn dialect(&self) -> Result<Dialect> {
        let dialect = Dialect::new(&self.prefix);
        dialect.map_err(|error| WalletError::argument("--prefix", error.to_string()))
    }

    /// Connects to the node.
    pub(crate) fn connect(&self, runtime: &Runtime) -> Result<Node> {
        let config = Config { dialect: self.dialect()?, ..Config::new(self.nodes()) };
        let client = runtime.block_on(Client::connect(config))?;
        Ok(Node::new(client, runtime.handle().clone()))
    }

    fn agreement(&self, is_dev: bool) -> Agreement {
        match () {
            () if self.dry_run => Agreement::DryRun,
            () if self.yes || is_dev => Agreement::Given,
            () => Agreement::Ask,
        }
    }

    fn manner(&self, is_dev: bool) -> Manner {
        Manner::Person(Box::new(Console::new(self.agreement(is_dev), self.json)))
    }

    fn file(&self) -> PathBuf {
        self.wallet_file.clone().unwrap_or_else(|| FILE.into())
    }

    pub(crate) fn passwords(&self) -> Passwords {
        Passwords { file: self.password_file.clone() }
    }

    /// The wallet of the everyday commands: that of the development chain if it is one and no file
    /// is named.
    pub(crate) fn wallet(&self, runtime: &Runtime) -> Result<Wallet> {
        let node = self.connect(runtime)?;
        let key = dev::account_key().public_key();
        let is_dev = self.wallet_file.is_none()
            && node.account(dev::ACCOUNT).is_ok_and(|one| one.active.key_auths.contains_key(&key));
        let mut wallet = match is_dev {
            true => Wallet::of_dev(node, self.dev_words(), self.manner(true)),
            false => Wallet::in_file(&self.file(), node, self.manner(false)),
        }?;
        wallet.until_final = self.until_final;
        Ok(wallet)
    }
}

/// Threads for the sockets of the wallet.
pub(crate) fn runtime() -> Result<Runtime> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let built = runtime.worker_threads(2).enable_all().build();
    built.map_err(|error| WalletError::impossible(format!("cannot start threads: {error}")))
}

/// Carries out `carbyne wallet`.
pub fn run(args: &WalletArgs) -> anyhow::Result<()> {
    let mut args = args.clone();
    take_options(&mut args)?;
    let runtime = runtime()?;
    let is_served = args.rpc_endpoint.is_some() || args.rpc_http_endpoint.is_some();
    let wallet = open(&args, &runtime, is_served)?;
    if let Some((command, words)) = args.words.split_first() {
        return one_shot(wallet, &args.options, command, words).map_err(Into::into);
    }
    let wallet: Shared = Arc::new(Mutex::new(wallet));
    if is_served {
        return serve_endpoints(&args, &runtime, &wallet);
    }
    let shell = Shell {
        passwords: args.options.passwords(),
        is_json: args.options.json,
        history: (!args.dev).then(|| args.options.file().with_extension("history")),
    };
    Ok(shell.run(&wallet)?)
}

fn open(args: &WalletArgs, runtime: &Runtime, is_served: bool) -> Result<Wallet> {
    let options = &args.options;
    let manner = |is_dev| if is_served { Manner::Program } else { options.manner(is_dev) };
    let mut wallet = if args.offline {
        // No node says what its chain knows, and a file may come from any.
        let dialect = options.dialect()?.knowing(Tags::All);
        Wallet::offline(&options.file(), dialect, manner(false))?
    } else {
        let node = options.connect(runtime)?;
        match args.dev {
            true => Wallet::of_dev(node, options.dev_words(), manner(true))?,
            false => Wallet::in_file(&options.file(), node, manner(false))?,
        }
    };
    wallet.until_final = options.until_final;
    wallet.lock_after(Duration::from_secs(args.lock_after));
    Ok(wallet)
}

/// Carries out one command; its answer is printed.
fn one_shot(mut wallet: Wallet, options: &Options, command: &str, words: &[String]) -> Result<()> {
    if let ("help", [one, ..]) = (command, words) {
        return print(&crate::commands::explain(one)?);
    }
    let values = values(command, words, Secrets::Hidden)?;
    let answer = answer(&mut wallet, options, command, values)?;
    print(&match (options.json, &answer) {
        (true, answer) => answer.to_string(),
        (false, answer) => show::answer(&wallet, command, answer),
    })
}

pub(crate) fn print(text: &str) -> Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let failed = |error| WalletError::File { what: "write", file: "standard output".into(), error };
    output::print(text).map_err(failed)
}

/// Runs a command, opening the wallet if it needs keys.
pub(crate) fn answer(
    wallet: &mut Wallet,
    options: &Options,
    command: &str,
    values: Vec<Value>,
) -> Result<Value> {
    let first = wallet.run(command, values.clone());
    let answer = match first {
        Err(WalletError::Locked | WalletError::New) => {
            options.passwords().open(wallet)?;
            wallet.run(command, values)
        }
        answer => answer,
    };
    match answer {
        Err(WalletError::Declined) if options.dry_run => Ok(Value::Null),
        Err(WalletError::Quit) => Ok(Value::Null),
        answer => answer,
    }
}

fn serve_endpoints(args: &WalletArgs, runtime: &Runtime, wallet: &Shared) -> anyhow::Result<()> {
    if args.options.password_file.is_some() && locked(wallet).is_locked() {
        args.options.passwords().open(&mut locked(wallet))?;
    }
    let wished = [(args.rpc_endpoint, Speech::WebSocket), (args.rpc_http_endpoint, Speech::Http)];
    for (address, speech) in wished {
        let Some(address) = address else { continue };
        let listener = runtime.block_on(listen(address))?;
        let name = if speech == Speech::Http { "http" } else { "ws" };
        print(&format!("wallet    {name}://{}", listener.local_addr()?))?;
        runtime.spawn(serve(listener, wallet.clone(), speech));
    }
    let idle = wallet.clone();
    runtime.block_on(async move {
        let stop = tokio::signal::ctrl_c();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                _ = &mut stop => return,
                () = tokio::time::sleep(Duration::from_secs(1)) => {
                    let idle = idle.clone();
                    let _it_was_asked = tokio::task::spawn_blocking(move || {
                        locked(&idle).lock_if_idle()
                    }).await;
                }
            }
        }
    });
    Ok(())
}
