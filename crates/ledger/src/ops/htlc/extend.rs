//! HTLC extend: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::htlc::extend`].

use super::{HtlcRefusal, options};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::htlc::extend::HtlcExtend;
use carbyne_wire::TimePointSec;

impl Evaluate for HtlcExtend {
    /// When the contract is over from now on.
    type Plan = TimePointSec;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<TimePointSec, Rejected> {
        let contract = ledger.get(self.htlc_id)?;
        let (account, creator) = (self.update_issuer, contract.transfer.from);
        ensure!(account == creator, HtlcRefusal::NotCreator { account, creator });
        let seconds = self.seconds_to_add;
        let expiration = contract.expiration().checked_add(seconds);
        let expiration = expiration
            .filter(|expiration| *expiration < TimePointSec::MAX)
            .ok_or(HtlcRefusal::InvalidDate { seconds })?;
        let max = options(ledger)?.max_timeout_secs;
        ensure!(expiration <= ledger.head_time()?.wrapping_add(max), HtlcRefusal::TooFar { max });
        Ok(expiration)
    }

    fn apply(
        &self,
        expiration: TimePointSec,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        ledger.modify(self.htlc_id, |contract| {
            contract.conditions.time_lock.expiration = expiration;
        })?;
        Ok(OperationResult::Void)
    }
}
