//! What the reference says where a table has a key already.

use crate::unique::UniqueRefusal;

reference_words! { UniqueRefusal {
    Taken =>
        "insert_result.second: Could not create object! Most likely a uniqueness constraint is \
         violated.",
} }
