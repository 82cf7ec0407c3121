//! `carbyne inspect`: looks into a data directory.

use crate::cli::{InspectArgs, InspectWhat};
use crate::home::{Home, KeepHistory};
use anyhow::{Context, Result, anyhow, bail};
use carbyne_wire::ObjectId;

/// Looks.
pub fn run(args: &InspectArgs) -> Result<()> {
    let home = Home::open(&args.data_dir, None, KeepHistory::OnDisk)?;
    match args.what.as_ref().unwrap_or(&InspectWhat::Head) {
        InspectWhat::Head => head(&home),
        InspectWhat::StateHash => {
            println!("{}", home.chain.ledger().state_hash());
            Ok(())
        }
        InspectWhat::Object { id } => object(&home, id),
        InspectWhat::Supply => supply(&home),
    }
}

fn head(home: &Home) -> Result<()> {
    let dynamic = home.chain.ledger().dynamic().map_err(|rejected| anyhow!("{rejected}"))?;
    println!("chain id      {}", home.chain.chain_id());
    println!("head          {} {}", dynamic.head_block_number, dynamic.head_block_id);
    println!("time          {}", dynamic.time);
    println!("irreversible  {}", dynamic.last_irreversible_block_num);
    Ok(())
}

fn object(home: &Home, id: &str) -> Result<()> {
    let id = ObjectId::parse(id).map_err(|error| anyhow!("{error}"))?;
    let kept = home.history.object(id).flatten();
    let value =
        kept.or_else(|| home.chain.ledger().tables.any(id.space, id.type_)?.json(id.instance));
    let value = value.with_context(|| format!("there is no object {id}"))?;
    println!("{value:#}");
    Ok(())
}

fn supply(home: &Home) -> Result<()> {
    let ledger = home.chain.ledger();
    let audit = carbyne_ledger::audit::audit(ledger).map_err(|rejected| anyhow!("{rejected}"))?;
    for line in &audit {
        let symbol = ledger.find(line.asset).map(|asset| asset.symbol.to_string());
        println!(
            "{:<16} {:>20} held {:>20} supply {}",
            symbol.unwrap_or_default(),
            line.held,
            line.supply,
            if line.is_balanced() { "ok" } else { "WRONG" },
        );
    }
    if audit.iter().any(|line| !line.is_balanced()) {
        bail!("what is held does not add up to the supply");
    }
    Ok(())
}
