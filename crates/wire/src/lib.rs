//! Ids, binary form, JSON form, field reflection. Never knows a rule of the chain.
