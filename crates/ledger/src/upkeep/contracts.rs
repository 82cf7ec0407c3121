//! Contracts about which something is due: family by family, in order of time and id, of each
//! family so many in a block that none delays another.

use crate::Ledger;
use crate::features::limits;
use crate::ops::{bonds, escrow, objects, options, recurring, titles};
use carbyne_protocol::Rejected;
use carbyne_wire::TimePointSec;

/// Does the first thing of a family that is due at the given time; false if nothing is.
type Due = fn(&mut Ledger, TimePointSec) -> Result<bool, Rejected>;

/// By section.
const FAMILIES: &[Due] =
    &[recurring::due, escrow::due, bonds::due, options::due, titles::due, objects::due];

/// Does what is due at the time of the block that ends.
pub(crate) fn due_contracts(ledger: &mut Ledger) -> Result<(), Rejected> {
    let Ok(limits) = limits(ledger) else { return Ok(()) };
    let (most, now) = (limits.due_per_block, ledger.head_time()?);
    for due in FAMILIES {
        for _ in 0..most {
            if !due(ledger, now)? {
                break;
            }
        }
    }
    Ok(())
}
