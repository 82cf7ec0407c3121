//! Why a command is not carried out.
//!
//! Never carries a secret.

use carbyne_client::ClientError;
use carbyne_protocol::Rejected;
use carbyne_wire::{Digest, JsonError};
use std::path::PathBuf;

/// Why a command is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    /// Keys are needed.
    #[error("the wallet is locked: `unlock` opens it")]
    Locked,
    /// There is no password yet.
    #[error("the wallet is new: `set_password` gives it a password, `unlock` opens it")]
    New,
    /// The password does not open the file, or the file was changed by somebody without it.
    #[error("this password does not open the wallet, or its file was changed")]
    WrongPassword,
    /// The file is no wallet, or is damaged.
    #[error("{} is no wallet, or damaged: {why}", .file.display())]
    NotAWallet {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file was made by a later version.
    #[error("{} has version {version}, this program reads up to {known}", .file.display())]
    TooNew {
        /// The file.
        file: PathBuf,
        /// Its version.
        version: u64,
        /// The newest that is known.
        known: u64,
    },
    /// Somebody else wrote the file since it was read.
    #[error("another wallet wrote {} since this one read it: nothing was saved", .0.display())]
    WrittenByAnother(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot {what} {}: {error}", .file.display())]
    File {
        /// Read or write.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A wallet or a transaction is of another chain than the node.
    #[error("this is for the chain {found}, the node is of {wanted}")]
    OtherChain {
        /// The chain of the node.
        wanted: Digest<32>,
        /// The other one.
        found: Digest<32>,
    },
    /// A node is needed.
    #[error("there is no node: this command needs one")]
    Offline,
    /// The node does not answer, or refuses.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// An operation that no chain would take.
    #[error("the chain would refuse this: {0}")]
    Refused(Rejected),
    /// A command that there is not.
    #[error("there is no command {0}: `help` lists them")]
    NoCommand(String),
    /// An argument that is missing or wrong.
    #[error("{name}: {why}")]
    Argument {
        /// Its name.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// Something that a type refuses to read.
    #[error("this cannot be read: {0}")]
    Json(#[from] JsonError),
    /// A secret on the command line, where others see it.
    #[error(
        "{0} is a secret: leave it out and be asked, or give `-` for standard input or `@FILE`"
    )]
    SecretInTheOpen(String),
    /// No key that is needed is here.
    #[error("the wallet has no key {0}")]
    NoKey(String),
    /// Whoever was asked said no.
    #[error("nothing was sent")]
    Declined,
    /// What is asked for is not possible as things are.
    #[error("{0}")]
    Impossible(String),
    /// `quit` was said.
    #[error("bye")]
    Quit,
}

/// Shortens what the handlers return.
pub type Result<T> = std::result::Result<T, WalletError>;

impl WalletError {
    /// Something that is not possible as things are.
    pub fn impossible(why: impl Into<String>) -> Self {
        Self::Impossible(why.into())
    }

    /// An argument that is missing or wrong.
    pub fn argument(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Argument { name: name.into(), why: why.into() }
    }
}
