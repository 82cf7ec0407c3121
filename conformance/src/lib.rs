//! Compares Carbyne with recordings of the reference: what was written down decides, never what we
//! think.
//!
//! A recording is a file of JSON objects, one per line, plain or compressed. Each kind of recording
//! has its module with one function that gives a [`report::Report`]; the command and the tests of
//! the repository call the same ones.

pub mod api;
pub mod compare;
pub mod coverage;
pub mod p2p;
pub mod pages;
pub mod recording;
pub mod report;
pub mod scenarios;
mod supply;
pub mod wire;
