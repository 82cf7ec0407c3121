//! Option redeem: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::options::redeem`].

use super::{change_position, position, tidy};
use crate::Ledger;
use crate::contracts::only_if;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::OptionPositionId;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::options::OptionRedeem;
use carbyne_protocol::proportion::proportion;

/// Whose part is how large, and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    position: OptionPositionId,
    contracts: i64,
    locked: Asset,
    paid: Asset,
}

impl Evaluate for OptionRedeem {
    type Plan = Part;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Part, Rejected> {
        let series = ledger.get(self.series)?;
        let position = position(ledger, self.series, (self.tranche, self.writer))?;
        let tranche = ledger.get(self.tranche)?;
        let is_over = tranche.open == 0 || ledger.head_time()? >= series.window_end();
        only_if(is_over, "the options may still be exercised")?;
        // The last takes all of what is left.
        let part = |pool: Asset| {
            let (own, all) = (position.contracts as u64, tranche.written as u64);
            Asset::new(proportion(pool.amount as u64, own, all) as i64, pool.asset_id)
        };
        let (position, contracts) = (position.id, position.contracts);
        Ok(Part { position, contracts, locked: part(tranche.locked), paid: part(tranche.paid) })
    }

    fn apply(
        &self,
        part: Part,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let gone = part.contracts.checked_neg().unwrap_or_default();
        change_position(ledger, part.position, gone)?;
        let closed = ledger.try_modify(self.tranche, |tranche| {
            tranche.locked = tranche.locked.minus(part.locked)?;
            tranche.paid = tranche.paid.minus(part.paid)?;
            tranche.written = tranche.written.plus(gone)?;
            // After the window nothing of it is open any more.
            Ok::<_, Rejected>(std::mem::take(&mut tranche.open))
        })?;
        ledger.try_modify(self.series, |series| {
            series.open = series.open.minus(closed)?;
            Ok(())
        })?;
        tidy(ledger, self.tranche)?;
        ledger.adjust_balance(self.writer, part.locked)?;
        ledger.adjust_balance(self.writer, part.paid)?;
        Ok(OperationResult::Void)
    }
}
