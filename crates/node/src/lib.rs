//! The real world around the chain, as a library, so that tests and benchmarks can use parts of the
//! `carbyne` command.
//!
//! Threads, sockets, clock, files and signing keys live here; a rule of the chain never does.

pub mod budget;
pub mod cli;
mod clock;
pub mod commands;
mod config;
pub mod core;
mod debug;
mod files;
pub mod genesis;
pub mod guard;
mod health;
pub mod home;
pub mod metrics;
mod room;
pub mod run;
pub mod server;
mod sinks;
pub mod snapshots;
pub mod state;
mod websocket;
