//! A connection between a node and a signer, every wait of which has an end.

use crate::address::Address;
use crate::protocol::{self, SignerError};
use serde::Serialize;
use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// A socket of either kind.
pub(crate) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Stream {
    /// Connects; one machine answers at once or not at all.
    pub(crate) fn connect(address: &Address, limit: Duration) -> io::Result<Self> {
        match address {
            Address::Unix(path) => UnixStream::connect(path).map(Self::Unix),
            Address::Tcp(address) => {
                let stream = TcpStream::connect_timeout(address, limit)?;
                stream.set_nodelay(true)?;
                Ok(Self::Tcp(stream))
            }
        }
    }

    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Unix(stream) => stream.try_clone().map(Self::Unix),
            Self::Tcp(stream) => stream.try_clone().map(Self::Tcp),
        }
    }

    /// Ends the connection, whoever waits for it.
    pub(crate) fn end(&self) {
        let _ended_already = match self {
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
        };
    }

    fn set_limits(&self, limit: Duration) -> io::Result<()> {
        let limit = Some(limit);
        match self {
            Self::Unix(stream) => {
                stream.set_read_timeout(limit)?;
                stream.set_write_timeout(limit)
            }
            Self::Tcp(stream) => {
                stream.set_read_timeout(limit)?;
                stream.set_write_timeout(limit)
            }
        }
    }
}

/// A socket and the moment until which it may wait.
struct Timed {
    stream: Stream,
    until: Instant,
}

impl Timed {
    fn limit(&self) -> io::Result<()> {
        match self.until.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            left => self.stream.set_limits(left),
        }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.limit()?;
        match &mut self.stream {
            Stream::Unix(stream) => stream.read(buffer),
            Stream::Tcp(stream) => stream.read(buffer),
        }
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.limit()?;
        match &mut self.stream {
            Stream::Unix(stream) => stream.write(bytes),
            Stream::Tcp(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines both ways.
pub(crate) struct Lines(BufReader<Timed>);

impl Lines {
    pub(crate) fn new(stream: Stream) -> Self {
        Self(BufReader::new(Timed { stream, until: Instant::now() }))
    }

    /// Says until when everything from now on may wait.
    pub(crate) fn until(&mut self, moment: Instant) {
        self.0.get_mut().until = moment;
    }

    pub(crate) fn write(&mut self, message: &impl Serialize) -> Result<(), SignerError> {
        protocol::write(self.0.get_mut(), message)
    }

    pub(crate) fn read(&mut self) -> Result<Option<Vec<u8>>, SignerError> {
        protocol::read_line(&mut self.0)
    }
}
