//! Object tables by instance number, secondary indexes, nested undo. Never knows a BitShares object.
