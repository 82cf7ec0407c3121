//! The real world around the chain, as a library, so that tests and benchmarks can use parts of the
//! `carbyne` command.
//!
//! Threads, sockets, clock, files and signing keys live here; a rule of the chain never does.

mod ahead;
pub mod budget;
pub mod cli;
mod client;
mod clock;
pub mod commands;
mod config;
pub mod core;
mod debug;
mod dev;
mod duty;
mod files;
mod follow;
mod gate;
pub mod genesis;
pub mod guard;
mod heal;
mod health;
pub mod home;
pub mod in_line;
mod losses;
pub mod metrics;
pub mod output;
pub mod p2p;
mod producers;
mod queue;
mod recovery;
mod ring;
mod room;
pub mod run;
mod runner;
pub mod server;
mod shared;
pub mod signers;
mod sinks;
pub mod snapshots;
pub mod standstill;
pub mod state;
mod stream;
pub mod testnet;
mod websocket;
