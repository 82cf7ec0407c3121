//! A wallet: keys that stay safe, every command of the reference's wallet, and what people are
//! shown before something is sent.
//!
//! * `store`: what it remembers, in an encrypted file; `wallet`: whether it is open.
//! * `commands`: one table; the command line, the shell, both endpoints, completion and help come
//!   from it.
//! * `finish`: from operations to a transaction in a block.
//! * `everyday`: the short commands; `files`: files of any content, for tests.
//!
//! Never knows how a node works: it asks one over its interface, as any client does.

mod amount;
mod arguments;
pub mod cli;
mod commands;
mod console;
pub mod dev;
mod error;
pub mod everyday;
pub mod files;
mod finish;
mod node;
mod output;
mod past;
mod review;
mod serve;
mod shell;
mod show;
mod store;
mod wallet;
mod words;
