//! Makes the world of the demonstration: first its past, in no time, then its present, block by
//! block.

use super::demo::Demo;
use crate::core::Node;
use crate::home::Home;
use anyhow::{Result, anyhow};
use carbyne_core::{Input, Now};
use carbyne_ledger::Trust;
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use std::sync::Arc;
use std::time::Duration;

/// Blocks of the past, and seconds between them: two hours and a half.
const BLOCKS: u32 = 450;
const SECONDS: u32 = 20;
/// Blocks that are brought to disk together.
const AT_ONCE: u32 = 64;
/// How often the traders look whether there is a new block.
const LOOK: Duration = Duration::from_millis(100);

/// Makes assets, positions and what was traded before `now`, unless they are there.
pub(crate) fn past(home: &mut Home, demo: &Demo, now: Now) -> Result<()> {
    if Demo::is_there(home.chain().ledger()) {
        return Ok(());
    }
    let mut time = now.0 - i64::from(BLOCKS * SECONDS) * 1_000;
    for step in 0..Demo::STEPS {
        let deeds = demo.step(home.chain().ledger(), step);
        for (who, operations) in deeds {
            let rejected = |why| anyhow!("step {step} of the demonstration: {why}");
            push(home, Now(time), &who, &operations).map_err(rejected)?;
        }
        produce(home, time)?;
    }
    for block in 0..BLOCKS {
        time += i64::from(SECONDS) * 1_000;
        let ledger = home.chain().ledger();
        let (number, head) = (home.chain().head_number(), ledger.head_time().unwrap_or_default());
        for (who, operations) in demo.round(ledger, number, head) {
            // Who has spent all he had waits until he gets something.
            let _refused = push(home, Now(time), &who, &operations);
        }
        produce(home, time)?;
        if block % AT_ONCE == 0 {
            home.settle()?;
        }
    }
    home.settle()?;
    Ok(())
}

fn push(
    home: &mut Home,
    now: Now,
    who: &super::signer::Signer,
    operations: &[(&str, serde_json::Value)],
) -> Result<(), String> {
    let chain_id = *home.chain().chain_id();
    let made = who.transaction(home.chain().ledger(), &chain_id, now.seconds(), operations);
    let transaction = made.map_err(|error| error.to_string())?;
    let recovered = RecoveredTransaction::new(transaction, &chain_id, Recover::Signatures);
    let pushed = home.advance(now, Input::Transaction(Arc::new(recovered), Trust::Nobody));
    pushed.map(|_| ()).map_err(|refused| refused.rejected.to_string())
}

fn produce(home: &mut Home, time: i64) -> Result<()> {
    let made = home.advance(Now(time), Input::Produce { seconds: 0 });
    made.map(|_| ()).map_err(|refused| anyhow!("no block was made: {}", refused.rejected))
}

/// Has the traders do their part after each block, for as long as the node lives.
pub(crate) async fn present(node: Arc<Node>, demo: Demo) {
    let mut last = 0;
    loop {
        tokio::time::sleep(LOOK).await;
        let look = node.read(|view| {
            let dynamic = view.ledger.dynamic().ok()?;
            let number = dynamic.head_block_number;
            let deeds = (number != last).then(|| demo.round(view.ledger, number, dynamic.time))?;
            let signed = deeds.into_iter().map(|(who, operations)| {
                who.transaction(view.ledger, node.chain_id(), dynamic.time, &operations)
            });
            Some((number, signed.collect::<Vec<_>>()))
        });
        let Some(Some((number, transactions))) = look else { continue };
        last = number;
        for transaction in transactions.into_iter().flatten() {
            let _refused = node.push_transaction(transaction).await;
        }
    }
}
