//! What nodes and signers say to each other: one JSON object on a line, a question and its answer
//! in turn.
//!
//! The first question is `hello`. A header comes packed, so that the signer sees the slot it signs
//! for and need not believe anybody. This file must never know a socket.

use carbyne_chain::SigningRefusal;
use carbyne_crypto::{PublicKey, Signature};
use carbyne_protocol::transaction::BlockHeader;
use carbyne_wire::{Id, Pack, Tags, TimePointSec, unpack_exact};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};

/// The version of all this.
pub(crate) const VERSION: u32 = 1;
/// Bytes of a line, at most.
pub(crate) const LINE_MAX: usize = 16 << 10;
/// Bytes of the name of a node, at most.
pub const NODE_NAME_MAX: usize = 256;

/// Why two do not understand each other.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The connection broke, or was too slow.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line is too long.
    #[error("a line has more than {LINE_MAX} bytes")]
    TooLong,
    /// A line says nothing that is known.
    #[error("not understood: {0}")]
    NotUnderstood(String),
    /// The other end ended the connection.
    #[error("the connection was ended")]
    Ended,
    /// The signer wants nothing of this.
    #[error("the signer refuses: {0}")]
    Refused(String),
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Question {
    /// A node is there and wants to know the keys.
    Hello { version: u32, node: String },
    /// It can make blocks.
    Ready,
    /// A header is to be signed.
    Sign { key: String, header: String },
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// The public keys, and the seconds of silence after which another node takes over.
    Welcome { keys: Vec<String>, lease_seconds: u32 },
    /// The node makes the blocks.
    Yours,
    /// The signature.
    Signed(String),
    /// It is not signed.
    Refused(Why),
    /// The question is none.
    NotUnderstood(String),
}

/// [`SigningRefusal`] on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    AnotherSigned { witness: u64, time: u32 },
    Forgotten { witness: u64, time: u32, known_after: u32 },
    Leased { holder: String, seconds: u32 },
    NotMyKey,
    NoAnswer { reason: String },
    NotRecorded { reason: String },
}

impl From<SigningRefusal> for Why {
    fn from(refusal: SigningRefusal) -> Self {
        use SigningRefusal as R;
        match refusal {
            R::AnotherSigned { witness, time } => {
                Self::AnotherSigned { witness: witness.0, time: time.0 }
            }
            R::Forgotten { witness, time, known_after } => {
                let known_after = known_after.0;
                Self::Forgotten { witness: witness.0, time: time.0, known_after }
            }
            R::Leased { holder, seconds } => Self::Leased { holder, seconds },
            R::NotMyKey => Self::NotMyKey,
            R::NoAnswer { reason } => Self::NoAnswer { reason },
            R::NotRecorded { reason } => Self::NotRecorded { reason },
        }
    }
}

impl From<Why> for SigningRefusal {
    fn from(why: Why) -> Self {
        match why {
            Why::AnotherSigned { witness, time } => {
                Self::AnotherSigned { witness: Id(witness), time: TimePointSec(time) }
            }
            Why::Forgotten { witness, time, known_after } => {
                let (time, known_after) = (TimePointSec(time), TimePointSec(known_after));
                Self::Forgotten { witness: Id(witness), time, known_after }
            }
            Why::Leased { holder, seconds } => Self::Leased { holder, seconds },
            Why::NotMyKey => Self::NotMyKey,
            Why::NoAnswer { reason } => Self::NoAnswer { reason },
            Why::NotRecorded { reason } => Self::NotRecorded { reason },
        }
    }
}

/// A question to sign.
pub(crate) fn sign(key: &PublicKey, header: &BlockHeader) -> Question {
    Question::Sign { key: hex::encode(key.0), header: hex::encode(header.to_bytes()) }
}

pub(crate) fn read_key(text: &str) -> Option<PublicKey> {
    Some(PublicKey(hex::decode(text).ok()?.try_into().ok()?))
}

pub(crate) fn read_header(text: &str) -> Option<BlockHeader> {
    unpack_exact(&hex::decode(text).ok()?, Tags::Reference).ok()
}

pub(crate) fn read_signature(text: &str) -> Option<Signature> {
    Some(Signature(hex::decode(text).ok()?.try_into().ok()?))
}

/// Writes a line.
pub(crate) fn write(out: &mut impl Write, message: &impl Serialize) -> Result<(), SignerError> {
    let mut line = serde_json::to_vec(message).map_err(io::Error::from)?;
    line.push(b'\n');
    out.write_all(&line)?;
    Ok(out.flush()?)
}

/// Reads a line; none at the end.
pub(crate) fn read_line(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, SignerError> {
    let mut line = Vec::new();
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if available.is_empty() {
            return if line.is_empty() { Ok(None) } else { Err(SignerError::Ended) };
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(available.len());
        if line.len() + taken > LINE_MAX {
            return Err(SignerError::TooLong);
        }
        line.extend(available.iter().take(taken));
        input.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

/// What a line says.
pub(crate) fn parse<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, SignerError> {
    serde_json::from_slice(line).map_err(|error| SignerError::NotUnderstood(error.to_string()))
}
