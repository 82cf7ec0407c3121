//! What the reference says about tickets.

use crate::ops::ticket::TicketRefusal;

reference_words! { TicketRefusal {
    NegativeFee => "fee.amount >= 0: Fee should not be negative",
    UnknownType => "target_type < static_cast<uint64_t>(TICKET_TYPE_COUNT): Invalid target type",
    LiquidTarget => "target_type != static_cast<uint64_t>(liquid): Target type can not be liquid",
    AmountNotPositive { asked } => "{asked}",
    NotCore { asked } => "{asked}",
} }

questions! {
    CREATE_AMOUNT = "amount.amount > 0: A positive amount is needed for creating a ticket";
    CREATE_CORE = "amount.asset_id == asset_id_type(): Amount must be in BTS so far";
    UPDATE_AMOUNT = "amount_for_new_target->amount > 0: A positive amount is needed";
    UPDATE_CORE = "amount_for_new_target->asset_id == asset_id_type(): Amount must be in BTS so \
        far";
}
