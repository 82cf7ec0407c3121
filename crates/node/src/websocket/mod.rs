//! WebSockets (RFC 6455) with compressed messages (RFC 7692), the server's side of them.
//!
//! Invariant: what a client has sent of a message that is not complete is counted for its address,
//! byte by byte, and has a deadline; nothing of a message is unpacked before its end. A connection
//! that says nothing has no buffers. This room must never know what a message means.

mod assembly;
mod deflate;
mod handshake;

pub use assembly::{Incoming, Message};
pub use deflate::Deflate;
pub use handshake::{Handshake, handshake};

use crate::guard::{Excess, InFlight};
use assembly::Assembly;
use bytes::BufMut;
use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{timeout, timeout_at};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};

/// Bytes that are taken from the system at once.
const READ_BYTES: usize = 4_096;
/// As many while a long message comes.
const READ_BYTES_LONG: usize = 65_536;
/// Shorter answers are sent together with the head of their frame.
const SHORT_BYTES: usize = 16_384;
/// Most bytes of the reason in a frame that closes (RFC 6455, 5.5).
const REASON_BYTES_MAX: usize = 123;
/// How long a client has to take the reason why its connection ends.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// So much of what it still sends is passed over until it has.
const CLOSE_BYTES: usize = 256 * 1_024;

/// Why a connection ends.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The client is gone.
    #[error("{0}")]
    Gone(#[from] io::Error),
    /// The client does not follow the rules of WebSockets.
    #[error("{0}")]
    Protocol(&'static str),
    /// A text is not UTF-8, or what was compressed cannot be unpacked.
    #[error("{0}")]
    Data(&'static str),
    /// A message is longer than it may be.
    #[error("a message may have {0} bytes")]
    TooLong(usize),
    /// The client took too long for a message.
    #[error("a message took longer than {0:?}")]
    Late(Duration),
    /// The client uses more than it may.
    #[error("{0}")]
    Excess(Excess),
}

impl Fault {
    fn code(&self) -> CloseCode {
        match self {
            Self::Gone(_) => CloseCode::Away,
            Self::Protocol(_) => CloseCode::Protocol,
            Self::Data(_) => CloseCode::Invalid,
            Self::TooLong(_) => CloseCode::Size,
            Self::Late(_) | Self::Excess(_) => CloseCode::Policy,
        }
    }
}

/// A WebSocket.
pub struct Socket {
    stream: TcpStream,
    assembly: Assembly,
    /// What was taken from the system and belongs to messages that come later.
    surplus: Vec<u8>,
    /// How long a message may take from its first byte to its last.
    patience: Duration,
}

/// An answer as it goes over the wire.
pub struct Packed {
    bytes: Vec<u8>,
    is_compressed: bool,
}

impl Packed {
    /// A text, compressed if that is agreed and pays.
    pub fn new(text: String, deflate: Option<&Deflate>) -> Self {
        let compressed = deflate.and_then(|deflate| deflate.compress(text.as_bytes()));
        let is_compressed = compressed.is_some();
        Self { bytes: compressed.unwrap_or_else(|| text.into_bytes()), is_compressed }
    }
}

impl Socket {
    /// A WebSocket on a stream after the handshake; `read` is what came behind it already. Every
    /// message may have `most` bytes and take as long as `patience`.
    pub fn new(stream: TcpStream, read: Vec<u8>, most: usize, patience: Duration) -> Self {
        Self { stream, assembly: Assembly::new(most), surplus: read, patience }
    }

    /// Whether compression was agreed.
    pub fn with_compression(mut self, is_agreed: bool) -> Self {
        self.assembly.may_be_compressed = is_agreed;
        self
    }

    /// The next message or what else comes; what has come of it is kept if nobody waits any more.
    /// `in_flight` gives every message its account.
    pub async fn next(
        &mut self,
        in_flight: &(dyn Fn() -> InFlight + Sync),
    ) -> Result<Incoming, Fault> {
        loop {
            let mut rest = self.surplus.as_slice();
            let incoming = self.assembly.feed(&mut rest, in_flight);
            let left = rest.len();
            let taken = self.surplus.len().saturating_sub(left);
            self.surplus.drain(..taken);
            if self.surplus.is_empty() {
                self.surplus = Vec::new();
            }
            if let Some(incoming) = incoming? {
                return Ok(incoming);
            }
            self.readable().await?;
            self.read()?;
        }
    }

    /// Waits until something can be read, for a message that has begun not without end.
    async fn readable(&self) -> Result<(), Fault> {
        match self.assembly.since() {
            None => self.stream.readable().await?,
            Some(since) => timeout_at(since + self.patience, self.stream.readable())
                .await
                .map_err(|_| Fault::Late(self.patience))??,
        }
        Ok(())
    }

    /// Takes what is there.
    fn read(&mut self) -> Result<(), Fault> {
        let most = if self.assembly.is_long() { READ_BYTES_LONG } else { READ_BYTES };
        self.surplus.reserve(most);
        match self.stream.try_read_buf(&mut (&mut self.surplus).limit(most)) {
            Ok(0) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends a text; not to be dropped before it is done.
    pub async fn send(&mut self, packed: Packed) -> io::Result<()> {
        let head = FrameHeader {
            is_final: true,
            rsv1: packed.is_compressed,
            opcode: OpCode::Data(Data::Text),
            ..FrameHeader::default()
        };
        self.write(&head, &packed.bytes).await
    }

    /// Answers a ping.
    pub async fn pong(&mut self, payload: &[u8]) -> io::Result<()> {
        self.write(&control(Control::Pong), payload).await
    }

    /// Ends the connection because of a fault, and says so.
    pub async fn fail(self, fault: &Fault) {
        if !matches!(fault, Fault::Gone(_)) {
            self.close(fault.code(), &fault.to_string()).await;
        }
    }

    /// Ends the connection with the reason.
    pub async fn close(self, code: CloseCode, reason: &str) {
        let end = reason.floor_char_boundary(REASON_BYTES_MAX);
        let payload = [&u16::from(code).to_be_bytes(), &reason.as_bytes()[..end]].concat();
        self.part(&payload).await;
    }

    /// Says the last word and waits until the client has it: what it still sends is passed over,
    /// since the system tells nobody anything who is not listened to.
    pub async fn part(mut self, payload: &[u8]) {
        let parting = async {
            self.write(&control(Control::Close), payload).await?;
            self.stream.shutdown().await?;
            let mut passed_over = 0;
            while passed_over < CLOSE_BYTES && self.discard(&mut passed_over).await? {}
            Ok::<(), io::Error>(())
        };
        let _gone_already = timeout(CLOSE_TIMEOUT, parting).await;
    }

    /// Passes over what is there and counts it; false at the end.
    async fn discard(&self, count: &mut usize) -> io::Result<bool> {
        self.stream.readable().await?;
        match self.stream.try_read(&mut [0; READ_BYTES]) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
            read => {
                let more = read?;
                *count += more;
                Ok(more > 0)
            }
        }
    }

    async fn write(&mut self, head: &FrameHeader, payload: &[u8]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(payload.len().min(SHORT_BYTES) + 16);
        head.format(payload.len() as u64, &mut bytes).map_err(io::Error::other)?;
        if payload.len() <= SHORT_BYTES {
            bytes.extend_from_slice(payload);
            return self.stream.write_all(&bytes).await;
        }
        self.stream.write_all(&bytes).await?;
        self.stream.write_all(payload).await
    }
}

fn control(control: Control) -> FrameHeader {
    FrameHeader { is_final: true, opcode: OpCode::Control(control), ..FrameHeader::default() }
}
