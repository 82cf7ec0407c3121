//! Option event: the record of the end of a series. Virtual.

use crate::ids::OptionSeriesId;

contract_event! {
    /// What the chain did about a series of options.
    pub struct OptionEvent = "option_event" of OptionSeriesId;

    /// What happened.
    #[derive(Default)]
    pub enum OptionOutcome {
        /// Nothing is exercised any more: its longs are dead.
        #[default]
        Over = 1 "over",
    }
    OptionEventFee
}
