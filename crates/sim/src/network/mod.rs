//! Networks: several machines that speak the peer protocol with each other, over cables that are
//! slow, break and are cut in two, with clocks that are wrong, and with some among them that lie.
//!
//! Each machine runs the production's step and the production's peer protocol; what is simulated is
//! the bytes on their way, the clock, the disk and the moment when something is done. At each step:
//! no two nodes disagree on a block that cannot be undone, blocks of one id have one state, and all
//! amounts add up. When all is well again, all heads agree within two rounds.

mod cables;
mod calm;
mod faults;
mod forger;
#[cfg(test)]
mod forks;
mod liar;
mod member;
mod newcomer;
mod scene;

pub use scene::{NetworkSetting, NetworkSummary, run_network};
