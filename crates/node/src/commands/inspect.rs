//! `carbyne inspect`: looks into a data directory.

use crate::cli::{InspectArgs, InspectWhat};
use crate::home::{Home, KeepHistory, identity_of};
use crate::output::line;
use anyhow::{Context, Result, anyhow, bail};
use carbyne_wire::ObjectId;

/// Looks.
pub fn run(args: &InspectArgs) -> Result<()> {
    identity_of(&args.data_dir)?;
    let wanted = match &args.what {
        Some(InspectWhat::Object { id }) => Some(read_id(id)?),
        _ => None,
    };
    let home = Home::open(&args.data_dir, None, KeepHistory::OnDisk)?;
    match (args.what.as_ref().unwrap_or(&InspectWhat::Head), wanted) {
        (_, Some(id)) => object(&home, id),
        (InspectWhat::StateHash, _) => line(format_args!("{}", home.chain().ledger().state_hash())),
        (InspectWhat::Supply, _) => supply(&home),
        _ => head(&home),
    }
}

fn head(home: &Home) -> Result<()> {
    let dynamic = home.chain().ledger().dynamic().map_err(|rejected| anyhow!("{rejected}"))?;
    line(format_args!("chain id      {}", home.chain().chain_id()))?;
    line(format_args!("head          {} {}", dynamic.head_block_number, dynamic.head_block_id))?;
    line(format_args!("time          {}", dynamic.time))?;
    line(format_args!("irreversible  {}", dynamic.last_irreversible_block_num))
}

fn read_id(id: &str) -> Result<ObjectId> {
    let parsed = ObjectId::parse(id);
    parsed.map_err(|_| anyhow!("\"{id}\" is no object id: one looks like 1.2.17"))
}

fn object(home: &Home, id: ObjectId) -> Result<()> {
    let ledger = home.chain().ledger();
    let kept = home.history.object(id, ledger.dialect).flatten();
    let of_state = || ledger.tables.any(id.space, id.type_)?.json(id.instance, ledger.dialect);
    let value = kept.or_else(of_state);
    let value = value.with_context(|| format!("there is no object {id}"))?;
    line(format_args!("{value:#}"))
}

fn supply(home: &Home) -> Result<()> {
    let ledger = home.chain().ledger();
    let audit = carbyne_ledger::audit::audit(ledger).map_err(|rejected| anyhow!("{rejected}"))?;
    for asset in &audit {
        let symbol = ledger.find(asset.asset).map(|asset| asset.symbol.to_string());
        line(format_args!(
            "{:<16} {:>20} held {:>20} supply {}",
            symbol.unwrap_or_default(),
            asset.held,
            asset.supply,
            if asset.is_balanced() { "ok" } else { "WRONG" },
        ))?;
    }
    if audit.iter().any(|asset| !asset.is_balanced()) {
        bail!("what is held does not add up to the supply");
    }
    Ok(())
}
