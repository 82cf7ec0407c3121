//! History from notifications, able to roll back. Never writes ledger state.
