//! Nodes among each other: sync, relay, and what becomes of those who do not keep to the rules.

mod compact;
mod hostile;
mod network;
mod states;
mod world;
