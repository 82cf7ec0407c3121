//! `carbyne signer`: holds keys of witnesses and signs blocks for nodes, never two for one slot.

use crate::cli::SignerArgs;
use crate::clock::Clock;
use crate::output;
use anyhow::{Context, Result, anyhow, ensure};
use carbyne_signer::{Address, Guard, Lease, Limits, Listener, Record, read_keys, serve};
use carbyne_store::RealDisk;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Seconds that a lease may be.
const LEASES: std::ops::RangeInclusive<u64> = 1..=3_600;

/// Answers until it is killed: what it signed is on disk at every moment.
pub fn run(args: &SignerArgs) -> Result<()> {
    let address: Address =
        args.listen.parse().map_err(|error: String| anyhow!("--listen: {error}"))?;
    ensure!(LEASES.contains(&args.lease), "--lease: 1 to 3600 seconds, not {}", args.lease);
    let keys = read_keys(&args.keys_file)?;
    output::start_writer();
    let record = Record::open(Arc::new(RealDisk), &args.record, Clock.now())?;
    let listener = Listener::bind(&address)
        .with_context(|| format!("cannot listen on {address}: is another signer there?"))?;
    let guard = Guard::new(keys, record);
    output::tell(format_args!("signer    {}", listener.address()));
    output::tell(format_args!("keys      {}", guard.public_keys().len()));
    let lease = Lease::new(Duration::from_secs(args.lease));
    serve(&listener, guard, lease, Limits::default(), &AtomicBool::new(false));
    Ok(())
}
