//! The remote interface: Graphene's dialect of JSON-RPC over any transport.
//!
//! [`Session::handle`] takes the text of one frame and gives the text of its answer, if it gets
//! one; what a session subscribed to comes out of its [`subscriptions`] after a block. Sockets,
//! threads and time limits are the node's.
//!
//! One method is one function and one row of the table of its API, with the names and arguments of
//! the reference. This room must never know how a transaction is applied, and never waits: what has
//! to wait for a block says so in its [`Outcome`].

mod amounts;
mod answer;
mod arguments;
mod effects;
mod error;
pub mod event;
mod frame;
mod limits;
pub mod methods;
pub mod openrpc;
mod reference_words;
mod refusal;
mod session;
pub mod signature;
pub mod subscriptions;
mod view;

pub use answer::Answer;
pub use arguments::Arguments;
pub use effects::effects;
pub use error::ApiError;
pub use frame::{Frame, Frames, Reply, Request, parse_frame, parse_frames};
pub use limits::Limits;
pub use session::{Outcome, Session};
pub use view::{
    Blocks, DebugRequest, DevRequest, NetworkRequest, Settings, Submission, User, View,
};
