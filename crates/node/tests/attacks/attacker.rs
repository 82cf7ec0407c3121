//! Somebody who means no good: speaks HTTP and WebSocket frames by hand, from an address of choice
//! of this machine.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

pub const FINAL_TEXT: u8 = 0x81;
pub const FIRST_TEXT: u8 = 0x01;
pub const COMPRESSED: u8 = 0x40;
pub const PING: u8 = 0x89;

const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

/// What is known of the chain that is attacked.
pub struct Chain {
    pub id: String,
    pub payer: String,
    pub key: String,
    /// A block that transactions build on.
    pub reference: (u16, u32),
}

/// One attacker.
#[derive(Clone)]
pub struct Attacker {
    pub node: SocketAddr,
    pub from: Ipv4Addr,
    /// Counts the attackers.
    pub number: usize,
    pub chain: Arc<Chain>,
}

impl Attacker {
    pub async fn connect(&self) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((self.from, 0).into())?;
        socket.connect(self.node).await
    }

    pub async fn websocket(&self) -> io::Result<Frames> {
        let mut stream = self.connect().await?;
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             {OFFER}\r\n",
            self.node
        );
        stream.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        if !head.starts_with(b"HTTP/1.1 101") {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        Ok(Frames(stream))
    }

    /// Posts a body of which less may come than is announced.
    pub async fn post(&self, announced: usize, body: &[u8]) -> io::Result<TcpStream> {
        let mut stream = self.connect().await?;
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: {announced}\r\n\r\n",
            self.node
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        Ok(stream)
    }

    /// Sends a text and waits for its answer, over and over.
    pub async fn ask(&self, text: &str) -> io::Result<()> {
        let mut frames = self.websocket().await?;
        loop {
            frames.send(FINAL_TEXT, text.as_bytes()).await?;
            frames.pass_over_one().await?;
        }
    }
}

/// Frames of a WebSocket, masked with zeros.
pub struct Frames(pub TcpStream);

impl Frames {
    pub async fn send(&mut self, first: u8, payload: &[u8]) -> io::Result<()> {
        self.announce(first, payload.len()).await?;
        self.0.write_all(payload).await
    }

    /// Sends the head of a frame.
    pub async fn announce(&mut self, first: u8, length: usize) -> io::Result<()> {
        let mut head = vec![first];
        match u16::try_from(length) {
            Ok(short @ 0..126) => head.push(0x80 | short as u8),
            Ok(length) => {
                head.push(0x80 | 126);
                head.extend(length.to_be_bytes());
            }
            Err(_) => {
                head.push(0x80 | 127);
                head.extend((length as u64).to_be_bytes());
            }
        }
        head.extend([0; 4]);
        self.0.write_all(&head).await
    }

    /// Waits until a frame has come.
    pub async fn pass_over_one(&mut self) -> io::Result<()> {
        let first = self.0.read_u8().await?;
        let length = match self.0.read_u8().await? {
            126 => self.0.read_u16().await?.into(),
            127 => self.0.read_u64().await?,
            length => length.into(),
        };
        let (mut payload, mut nowhere) = ((&mut self.0).take(length), tokio::io::sink());
        let passed = tokio::io::copy(&mut payload, &mut nowhere).await?;
        if passed < length || first == 0x88 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}
