//! What is said of slots of our witnesses that went by without a block: each has a reason, in the
//! log and in the metrics. This file must never know how it is found out.

use crate::metrics::Metrics;
use carbyne_chain::SigningRefusal;
use carbyne_core::Missed;
use carbyne_protocol::{Refusal, Rejected};

/// Logs and counts missed slots; those that follow each other for one reason share a line.
pub(crate) fn tell_missed(missed: &[Missed], metrics: &Metrics) {
    for alike in missed.chunk_by(|one, next| one.why.name() == next.why.name()) {
        let (Some(first), Some(last)) = (alike.first(), alike.last()) else { continue };
        let reason = first.why.name();
        metrics.missed(reason, alike.len());
        tracing::warn!(
            slots = alike.len(),
            from = %first.time,
            to = %last.time,
            witness = %first.witness,
            reason,
            why = %first.why,
            "missed"
        );
    }
}

/// Whether no block was made because another node with the same keys makes them.
pub(crate) fn is_of_another(rejected: &Rejected) -> bool {
    let leased = SigningRefusal::Leased { holder: String::new(), seconds: 0 };
    rejected.reason() == leased.reason()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Page;
    use carbyne_core::{Hold, WhyMissed};
    use carbyne_wire::{Id, TimePointSec};

    #[test]
    fn every_missed_slot_is_counted_with_its_reason() {
        let whys = [
            WhyMissed::NotAsked,
            WhyMissed::NotAsked,
            WhyMissed::Held(Hold::DiskFull),
            WhyMissed::Refused(SigningRefusal::NotMyKey.into()),
        ];
        let missed = whys.into_iter().enumerate().map(|(n, why)| Missed {
            witness: Id(1),
            time: TimePointSec(n as u32),
            why,
        });
        let metrics = Metrics::default();
        tell_missed(&missed.collect::<Vec<_>>(), &metrics);
        let mut page = Page::default();
        metrics.write(&mut page);
        let text = page.into_text();
        for (reason, count) in [("not_asked", 2), ("disk_full", 1), ("SigningRefusal::NotMyKey", 1)]
        {
            let line = format!("carbyne_slots_missed_total{{reason=\"{reason}\"}} {count}\n");
            assert!(text.contains(&line), "{line} is not in\n{text}");
        }
        assert!(is_of_another(
            &SigningRefusal::Leased { holder: "a".to_owned(), seconds: 1 }.into()
        ));
        assert!(!is_of_another(&SigningRefusal::NotMyKey.into()));
    }
}
