//! One connection below its messages: keys, cipher and frames.
//!
//! Invariant: holds at most one message of the largest size and the bytes that came last. Never
//! knows what a message says.

use crate::cipher::{Decryptor, Encryptor, KEY_BYTES, SharedSecret};
use crate::frame::{self, Assembly, Frame, TooLong};
use carbyne_crypto::{KeyError, PrivateKey, PublicKey};

/// Why a connection cannot be read any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// What came first is no key.
    #[error("what came first is no key: {0}")]
    NoKey(KeyError),
    /// A message is too long.
    #[error(transparent)]
    TooLong(TooLong),
}

/// One connection below its messages.
#[derive(Debug)]
pub struct Link(State);

#[derive(Debug)]
enum State {
    /// The other end's key has not come yet.
    Exchange { key: Box<PrivateKey>, came: Vec<u8> },
    /// Messages go both ways.
    Open(Box<Open>),
}

#[derive(Debug)]
struct Open {
    digest: [u8; 32],
    encryptor: Encryptor,
    decryptor: Decryptor,
    assembly: Assembly,
}

impl Link {
    /// A connection with a key of its own, which nothing else may use.
    pub fn new(key: PrivateKey) -> Self {
        Self(State::Exchange { key: Box::new(key), came: Vec::new() })
    }

    /// Takes bytes that came; true if they complete the exchange of keys.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<bool, LinkError> {
        match &mut self.0 {
            State::Open(open) => {
                open.take(bytes);
                Ok(false)
            }
            State::Exchange { key, came } => {
                let wanted = KEY_BYTES.saturating_sub(came.len()).min(bytes.len());
                let (head, rest) = bytes.split_at(wanted);
                came.extend_from_slice(head);
                let Some(other) = came.first_chunk() else { return Ok(false) };
                let mut open = Open::new(key, &PublicKey(*other))?;
                open.take(rest);
                self.0 = State::Open(Box::new(open));
                Ok(true)
            }
        }
    }

    /// The next message that is complete.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, LinkError> {
        match &mut self.0 {
            State::Exchange { .. } => Ok(None),
            State::Open(open) => open.assembly.next_frame().map_err(LinkError::TooLong),
        }
    }

    /// The bytes of a message to be sent; none before the keys are exchanged.
    pub fn seal(&mut self, kind: u32, payload: &[u8]) -> Option<Vec<u8>> {
        self.seal_run(frame::pack(kind, payload))
    }

    /// The bytes of several messages to be sent, which [`frame::append`] put together.
    pub(crate) fn seal_run(&mut self, mut frames: Vec<u8>) -> Option<Vec<u8>> {
        let State::Open(open) = &mut self.0 else { return None };
        open.encryptor.encrypt(&mut frames);
        Some(frames)
    }

    /// What each end signs; none before the keys are exchanged.
    pub fn digest(&self) -> Option<[u8; 32]> {
        match &self.0 {
            State::Exchange { .. } => None,
            State::Open(open) => Some(open.digest),
        }
    }

    /// Bytes held of what is not complete.
    pub fn held(&self) -> usize {
        match &self.0 {
            State::Exchange { came, .. } => came.len(),
            State::Open(open) => open.assembly.held(),
        }
    }
}

impl Open {
    fn new(key: &PrivateKey, other: &PublicKey) -> Result<Self, LinkError> {
        let secret = SharedSecret::new(key, other).map_err(LinkError::NoKey)?;
        Ok(Self {
            digest: secret.digest(),
            encryptor: secret.encryptor(),
            decryptor: secret.decryptor(),
            assembly: Assembly::default(),
        })
    }

    fn take(&mut self, bytes: &[u8]) {
        self.decryptor.decrypt(bytes, self.assembly.room());
    }
}
