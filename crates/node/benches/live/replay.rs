//! How many blocks a second are replayed from the log into the state and a history that is made
//! anew.

use crate::chain;
use carbyne_ledger::Trust;
use carbyne_node::home::{Home, KeepHistory};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Blocks whose transfers take about as long in all, for each number of transfers.
const LOGS: [(usize, usize); 3] = [(0, 4_000), (1, 4_000), (1_000, 40)];

/// Makes a block with so many transfers.
fn make(home: &mut Home, transfers: usize) {
    let head = (home.chain.head_number(), home.chain.head_id());
    let time = home.chain.ledger().head_time().expect("a time");
    for n in 0..transfers {
        let amount = i64::from(head.0) * transfers as i64 + n as i64 + 1;
        let operation = chain::transfer(home, amount).expect("accounts");
        let key = chain::account_key();
        let signed = chain::signed(operation, head, time, &key, home.chain.chain_id());
        home.chain.push_transaction(Arc::new(signed), Trust::Nobody).expect("accepted");
    }
    let slot = home.chain.slot(1).expect("a slot");
    let witness = home.chain.ledger().get(slot.witness).expect("a witness").signing_key;
    let keys = chain::witness_keys();
    let key = keys.iter().find(|key| key.public_key() == witness).expect("its key");
    home.chain.generate_block(slot.time, slot.witness, key, Trust::Nobody).expect("a block");
}

fn blocks_per_second(folder: &Path, transfers: usize, count: usize) -> f64 {
    let genesis = chain::genesis_with(86_400);
    let mut home = Home::open(folder, Some(genesis), KeepHistory::OnDisk).expect("a chain");
    chain::produce(&mut home).expect("a block with the claim");
    for _ in 0..count.div_ceil(100) {
        (0..100.min(count)).for_each(|_| make(&mut home, transfers));
        let events = home.chain.take_events();
        home.follow(&events).expect("on disk");
    }
    drop(home);
    let started = Instant::now();
    let (_, (head, _)) = Home::rebuild_history(folder).expect("a history");
    f64::from(head) / started.elapsed().as_secs_f64()
}

/// Blocks a second by the transfers of each.
pub fn figures(folder: &Path) -> Value {
    let rates = LOGS.map(|(transfers, count)| {
        let log = folder.join(format!("{transfers}"));
        (transfers.to_string(), json!(blocks_per_second(&log, transfers, count)))
    });
    rates.into_iter().collect::<serde_json::Map<_, _>>().into()
}
