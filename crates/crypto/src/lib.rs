//! Hashes, keys, signatures, memo cipher, commitments. Never knows what a transaction is.
