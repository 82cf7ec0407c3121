//! What the reference says about what comes to its door.

use crate::CoreRefusal;
use carbyne_protocol::reference_words;

reference_words! { CoreRefusal {
    FromTheFuture => "Rejecting block with timestamp in the future",
    NoKey => "this node does not have the key of the witness that is due",
} }
