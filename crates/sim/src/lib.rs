//! Nodes on simulated disks under a simulated clock, in one thread, from one seed.
//!
//! Each node is the production's step with the production's block log, snapshots and start around
//! it; what is simulated is the world: when something happens, what of the disk survives, and when
//! a message arrives. Whatever any node tells of a block is compared with what the others told of
//! it, and so are the states.
//! Invariant: the same seed gives the same run, to the byte. This room must never know a clock, a
//! thread, a socket or a real file.

#![deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::float_arithmetic)]

mod genesis;
mod life;
mod machine;
mod network;
mod truth;
mod wire;
mod workload;
mod world;

pub use genesis::{Founded, found};
pub use life::{Life, NotWritten, Stepped};
pub use machine::{Ending, Guarding, Machine};
pub use network::{NetworkSetting, NetworkSummary, run_network};
pub use truth::Truth;
pub use world::{Failure, Setting, Summary, run};
