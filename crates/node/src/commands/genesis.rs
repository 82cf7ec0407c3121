//! `carbyne genesis new`: writes a genesis file and prints the keys that go with it.

use crate::cli::GenesisCommand;
use crate::clock::Clock;
use crate::genesis::{Recipe, make};
use anyhow::{Context, Result, ensure};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_wire::TimePointSec;
use std::fs::File;
use std::io::Write;

/// Seconds between maintenances of a new chain: a day, as on BitShares.
const MAINTENANCE_INTERVAL: u32 = 86_400;

/// Carries out a command about a genesis.
pub fn run(command: &GenesisCommand) -> Result<()> {
    let GenesisCommand::New { file, witnesses, account, block_interval } = command;
    ensure!(witnesses % 2 == 1, "the number of witnesses must be odd, {witnesses} is not");
    let keys = (0..*witnesses).map(|_| PrivateKey::generate()).collect::<Result<Vec<_>, _>>();
    let keys = keys.context("the system gives no random numbers")?;
    let account_key = PrivateKey::generate().context("the system gives no random numbers")?;
    let public: Vec<PublicKey> = keys.iter().map(PrivateKey::public_key).collect();
    let text = make(&Recipe {
        time: aligned(Clock.now(), *block_interval),
        witnesses: &public,
        account,
        account_key: account_key.public_key(),
        block_interval: *block_interval,
        maintenance_interval: MAINTENANCE_INTERVAL,
    });
    let mut out = File::create_new(file)
        .with_context(|| format!("cannot create {}; does it exist already?", file.display()))?;
    out.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))?;
    let chain_id = carbyne_wire::Digest(carbyne_crypto::hash::sha256(text.as_bytes()));
    println!("genesis   {}", file.display());
    println!("chain id  {chain_id}");
    println!("{account:9} {}", account_key.to_wif());
    keys.iter().enumerate().for_each(|(n, key)| println!("init{n:<5} {}", key.to_wif()));
    Ok(())
}

/// A time, rounded down to a slot that can be that of a genesis: the reference wants multiples of
/// 5 seconds.
pub fn aligned(time: TimePointSec, block_interval: u8) -> TimePointSec {
    TimePointSec(time.0 - time.0 % (5 * u32::from(block_interval.max(1))))
}
