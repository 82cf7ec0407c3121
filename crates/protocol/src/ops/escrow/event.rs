//! Escrow event: the record of an escrow that time ended. Virtual.

use crate::ids::EscrowId;

contract_event! {
    /// What the chain did about an escrow.
    pub struct EscrowEvent = "escrow_event" of EscrowId;

    /// How an escrow ended.
    #[derive(Default)]
    pub enum EscrowOutcome {
        /// Not everybody approved in time: all went back.
        #[default]
        Returned = 1 "returned",
        /// The time of delivery came: the rest was parted as agreed.
        Delivered = 2 "delivered",
        /// The agent did not rule in time: the rest was parted as agreed.
        NotRuled = 3 "not_ruled",
    }
    EscrowEventFee
}
