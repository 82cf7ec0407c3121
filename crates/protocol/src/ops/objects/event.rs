//! Object event: the record of a listing that ended. Virtual.

use crate::ids::ListingId;

contract_event! {
    /// What the chain did about a listing.
    pub struct ObjectEvent = "object_event" of ListingId;

    /// How a listing ended.
    #[derive(Default)]
    pub enum ObjectOutcome {
        /// The highest bid won.
        #[default]
        Sold = 1 "sold",
        /// Nobody bid or bought.
        Unsold = 2 "unsold",
    }
    ObjectEventFee
}
