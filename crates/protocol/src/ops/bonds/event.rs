//! Bond event: the record of what the chain did about an offer or a bond. Virtual.

use carbyne_wire::ObjectId;

contract_event! {
    /// What the chain did about an offer or a bond.
    pub struct BondEvent = "bond_event" of ObjectId;

    /// What happened.
    #[derive(Default)]
    pub enum BondOutcome {
        /// The offer ended and the rest went back.
        #[default]
        OfferExpired = 1 "offer_expired",
        /// It was due, and the borrower repaid all of it.
        Repaid = 2 "repaid",
        /// It was due, and the lender got the collateral.
        Claimed = 3 "claimed",
        /// It is due: the lender may claim, the borrower may still repay.
        Overdue = 4 "overdue",
    }
    BondEventFee
}
