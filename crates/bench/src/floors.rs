//! How far below its usual ratio to its yardstick a benchmark may fall: a generous bound, so that
//! only what was made much slower is refused, never a busy machine. A time is never asked.

use crate::figures::Figures;

/// The least ratios, a tenth or less of what two cores give in runs of the quick size, by the first
/// words of the figures' names: on a machine whose neighbours are busy a third of that was seen.
const FLOORS: &[(&str, f64)] = &[
    ("memory", 0.000_5),
    ("apply_transfer", 0.000_7),
    ("maintenance", 0.003),
    ("push_pending", 0.000_2),
    ("sig_recover", 0.07),
    ("book_", 0.001),
    ("margin_cascade", 0.000_3),
    ("contracts_due", 0.001),
    ("undo_fork", 0.1),
    // Its yardstick was measured elsewhere, so that a floor would ask for a time.
    ("replay_100k", 0.0),
];
/// Runs until one is fast enough.
const TRIES: usize = 5;

/// Figures that stayed below their floor in every try.
#[derive(Debug, thiserror::Error)]
#[error("too slow in each of {TRIES} runs, at least {floor} was asked for: {figures}")]
pub struct TooSlow {
    /// The last of them.
    figures: Box<Figures>,
    floor: f64,
}

/// The floor of such figures.
pub(crate) fn floor(figures: &Figures) -> Option<f64> {
    let named = FLOORS.iter().filter(|(name, _)| figures.name().starts_with(name));
    named.max_by_key(|(name, _)| name.len()).map(|(_, floor)| *floor)
}

/// Runs until all figures are above their floors, a few times.
pub(crate) fn check(run: impl Fn() -> Vec<Figures>) -> Result<Vec<Figures>, TooSlow> {
    (1..TRIES).fold(all_above(run()), |last, _| last.or_else(|_| all_above(run())))
}

fn all_above(figures: Vec<Figures>) -> Result<Vec<Figures>, TooSlow> {
    let slow = figures.iter().find_map(|one| {
        let floor = floor(one)?;
        (one.ratio() < floor).then(|| TooSlow { figures: Box::new(one.clone()), floor })
    });
    slow.map_or(Ok(figures), Err)
}
