//! Method table, arguments, subscriptions. Never knows how a transaction is applied.
