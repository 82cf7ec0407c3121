//! `carbyne testnet`: a network on this machine, and orders to one that runs.

use crate::cli::TestnetArgs;
use crate::output;
use crate::testnet::{self, Wish};
use anyhow::{Context, Result, ensure};
use std::time::Duration;

/// Gives an order, or makes and runs a network.
pub fn run(args: &TestnetArgs) -> Result<()> {
    if let Some(order) = order(args) {
        let done = testnet::send(&args.dir, &order)?;
        return output::line(format_args!("{done}"));
    }
    if args.fresh && args.dir.exists() {
        ensure!(
            args.dir.join("testnet.json").exists(),
            "{} holds no network that could be deleted",
            args.dir.display()
        );
        std::fs::remove_dir_all(&args.dir)
            .with_context(|| format!("cannot delete {}", args.dir.display()))?;
    }
    let wish = Wish {
        nodes: args.nodes.into(),
        witnesses: args.witnesses.into(),
        block_interval: args.block_interval,
        accounts: args.account.clone(),
        delay: Duration::from_millis(args.delay),
    };
    testnet::run(&args.dir, &wish)
}

fn order(args: &TestnetArgs) -> Option<String> {
    if let Some(node) = args.kill {
        return Some(format!("kill {node}"));
    }
    if let Some(node) = args.start {
        return Some(format!("start {node}"));
    }
    if let Some(groups) = &args.partition {
        return Some(format!("partition {groups}"));
    }
    let words = [(args.heal, "heal"), (args.down, "down")];
    words.into_iter().find(|(is_wanted, _)| *is_wanted).map(|(_, word)| word.to_owned())
}
