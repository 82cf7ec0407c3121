//! A client of nodes that speak the interface of bitshares-core, Carbyne's own among them.
//!
//! ```no_run
//! use carbyne_client::{Client, Config, Draft};
//! use carbyne_protocol::{money::Asset, ops::transfer::Transfer};
//!
//! # async fn pay(key: carbyne_crypto::PrivateKey) -> Result<(), carbyne_client::ClientError> {
//! let client = Client::connect(Config::new(["ws://127.0.0.1:8090"])).await?;
//! let (ann, bob) = (client.account("ann").await?, client.account("bob").await?);
//! let amount = Asset::core(1_000_000);
//! let pay = Transfer { from: ann.id, to: bob.id, amount, ..Transfer::default() };
//! let mut transaction = client.prepare(Draft::of(pay)).await?;
//! client.sign(&mut transaction, &[key]);
//! let place = client.send(&transaction).await?;
//! client.wait_until_final(place).await?;
//! # Ok(())
//! # }
//! ```
//!
//! * [`Client::call`] asks anything; [`Client::ask`] reads the answer into a type; the methods in
//!   between ask what most programs ask. Amounts are in smallest units, times are the chain's.
//! * Whoever does not answer within [`Config::call_deadline`] is left for the next node; questions
//!   are asked again there. What was sent is not: nobody knows whether it arrived, and
//!   [`Client::status`] tells.
//! * [`Client::blocks`] and the streams beside it go on where they were after a reconnect: they
//!   read by position, and the notices of a node only say that there is something to read.
//! * [`Client::prepare`] takes fees from the node and the reference block and the expiration from
//!   the chain's clock, never from this machine's.
//!
//! Never knows where keys are kept, nor who is asked before something is sent.

mod build;
mod calls;
mod client;
mod config;
mod connection;
mod error;
mod follow;
mod streams;

pub use build::Draft;
pub use client::Client;
pub use config::Config;
pub use error::{ClientError, Refused};
pub use follow::{Place, Status};
pub use streams::{BlockEvent, Entry, Start, Subscription};
