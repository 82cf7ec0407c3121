//! Whether what everybody holds of an asset is its supply, and nothing is below zero.

use crate::compare::Difference;
use carbyne_ledger::Ledger;
use carbyne_ledger::audit::{AuditLine, audit};

/// The assets that do not add up.
pub(crate) fn check(ledger: &Ledger) -> Vec<Difference> {
    match audit(ledger) {
        Ok(lines) => lines.iter().filter_map(difference).collect(),
        Err(rejected) => vec![Difference::new("audit", "a balance sheet", rejected)],
    }
}

fn difference(line: &AuditLine) -> Option<Difference> {
    let field = format!("supply of {}", line.asset);
    (!line.is_balanced()).then(|| Difference::new(&field, "balanced", format!("{line:?}")))
}
