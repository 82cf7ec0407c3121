//! Title event: the record of the end of an offer that nobody accepted. Virtual.

use crate::ids::TitleOfferId;

contract_event! {
    /// What the chain did about an offer of an account.
    pub struct TitleEvent = "title_event" of TitleOfferId;

    /// What happened.
    #[derive(Default)]
    pub enum TitleOutcome {
        /// Nobody accepted: the account acts again.
        #[default]
        Expired = 1 "expired",
    }
    TitleEventFee
}
