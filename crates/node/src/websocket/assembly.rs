//! Messages out of the bytes of frames.
//!
//! Invariant: the payload of a message is kept once, in its own memory, and every byte of it is in
//! its account before it is kept. This file must never know where bytes come from.

use super::{Deflate, Fault};
use crate::guard::InFlight;
use std::io::Cursor;
use tokio::time::Instant;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

/// Bytes of the longest head of a frame.
const HEAD_BYTES_MAX: usize = 14;
/// Bytes of the longest payload of a control frame (RFC 6455, 5.5).
const CONTROL_BYTES_MAX: u64 = 125;
/// From here on a message is long.
const LONG_BYTES: u64 = 65_536;

/// What a client sent.
pub enum Incoming {
    /// A message.
    Message(Message),
    /// A question whether somebody is there; what to answer with.
    Ping(Vec<u8>),
    /// An answer to such a question, which nobody asked.
    Pong,
    /// The end; what to answer with.
    Close(Vec<u8>),
}

/// A message as it came.
pub struct Message {
    payload: Vec<u8>,
    is_text: bool,
    is_compressed: bool,
    since: Instant,
    in_flight: InFlight,
}

impl Message {
    /// Bytes that came.
    pub fn len(&self) -> usize {
        self.payload.len()
    }

    /// What it says, of at most `most` bytes, and its account, which counts until it is dropped.
    pub fn into_text(self, deflate: &Deflate, most: usize) -> Result<(String, InFlight), Fault> {
        let Self { mut payload, is_text, is_compressed, mut in_flight, .. } = self;
        if is_compressed {
            payload = deflate.decompress(&payload, most, &mut in_flight)?;
        }
        let text = match String::from_utf8(payload) {
            Ok(text) => text,
            Err(_) if is_text => return Err(Fault::Data("a text is not UTF-8")),
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        Ok((text, in_flight))
    }
}

/// A frame whose payload is coming.
struct Frame {
    head: FrameHeader,
    mask: [u8; 4],
    length: u64,
    /// Bytes of the payload that came.
    come: u64,
}

/// What has come so far of what a client sends.
pub(super) struct Assembly {
    /// Whether messages may be compressed.
    pub(super) may_be_compressed: bool,
    /// Bytes that a message may have.
    most: usize,
    head: [u8; HEAD_BYTES_MAX],
    head_length: usize,
    /// When the head of the present frame began.
    head_since: Option<Instant>,
    frame: Option<Frame>,
    message: Option<Message>,
    control: Vec<u8>,
}

impl Assembly {
    pub(super) fn new(most: usize) -> Self {
        Self {
            may_be_compressed: false,
            most,
            head: [0; HEAD_BYTES_MAX],
            head_length: 0,
            head_since: None,
            frame: None,
            message: None,
            control: Vec::new(),
        }
    }

    /// When what is not complete began.
    pub(super) fn since(&self) -> Option<Instant> {
        self.message.as_ref().map(|message| message.since).or(self.head_since)
    }

    /// Whether much of a frame is still to come.
    pub(super) fn is_long(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| frame.length - frame.come >= LONG_BYTES)
    }

    /// Takes bytes until something is complete; none if all were taken before that.
    pub(super) fn feed(
        &mut self,
        bytes: &mut &[u8],
        in_flight: &(dyn Fn() -> InFlight + Sync),
    ) -> Result<Option<Incoming>, Fault> {
        loop {
            if self.frame.is_none() && !self.take_head(bytes, in_flight)? {
                return Ok(None);
            }
            let Some(frame) = self.take_payload(bytes)? else { return Ok(None) };
            self.head_since = None;
            if let Some(incoming) = self.complete(&frame) {
                return Ok(Some(incoming));
            }
        }
    }

    /// Takes the head of a frame; false if it is not complete.
    fn take_head(
        &mut self,
        bytes: &mut &[u8],
        in_flight: &(dyn Fn() -> InFlight + Sync),
    ) -> Result<bool, Fault> {
        while let Some((first, rest)) = bytes.split_first() {
            let Some(place) = self.head.get_mut(self.head_length) else {
                return Err(Fault::Protocol("this is no frame"));
            };
            *place = *first;
            *bytes = rest;
            self.head_length += 1;
            self.head_since.get_or_insert_with(Instant::now);
            let mut head = Cursor::new(&self.head[..self.head_length]);
            let parsed = FrameHeader::parse(&mut head);
            if let Some((head, length)) = parsed.map_err(|_| Fault::Protocol("unknown opcode"))? {
                self.head_length = 0;
                self.begin(head, length, in_flight)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Begins a frame, if it is one that may come now.
    fn begin(
        &mut self,
        head: FrameHeader,
        length: u64,
        in_flight: &(dyn Fn() -> InFlight + Sync),
    ) -> Result<(), Fault> {
        let Some(mask) = head.mask else { return Err(Fault::Protocol("a frame is not masked")) };
        if head.rsv2 || head.rsv3 {
            return Err(Fault::Protocol("reserved bits are set"));
        }
        match head.opcode {
            OpCode::Control(_) if !head.is_final || head.rsv1 || length > CONTROL_BYTES_MAX => {
                return Err(Fault::Protocol("a control frame is too long or not whole"));
            }
            OpCode::Control(_) => {}
            OpCode::Data(Data::Continue) => {
                let Some(message) = &self.message else {
                    return Err(Fault::Protocol("nothing is to be continued"));
                };
                if head.rsv1 {
                    return Err(Fault::Protocol("reserved bits are set"));
                }
                self.check_length(message.payload.len(), length)?;
            }
            OpCode::Data(data) => {
                if self.message.is_some() {
                    return Err(Fault::Protocol("a message begins inside another"));
                }
                if head.rsv1 && !self.may_be_compressed {
                    return Err(Fault::Protocol("compression was not agreed"));
                }
                self.check_length(0, length)?;
                self.message = Some(Message {
                    payload: Vec::new(),
                    is_text: data == Data::Text,
                    is_compressed: head.rsv1,
                    since: self.head_since.unwrap_or_else(Instant::now),
                    in_flight: in_flight(),
                });
            }
        }
        self.frame = Some(Frame { head, mask, length, come: 0 });
        Ok(())
    }

    fn check_length(&self, had: usize, more: u64) -> Result<(), Fault> {
        let length = (had as u64).saturating_add(more);
        if length > self.most as u64 { Err(Fault::TooLong(self.most)) } else { Ok(()) }
    }

    /// Takes what is there of the payload; gives the frame back when it is whole.
    fn take_payload(&mut self, bytes: &mut &[u8]) -> Result<Option<Frame>, Fault> {
        let Some(mut frame) = self.frame.take() else { return Ok(None) };
        let wanted = usize::try_from(frame.length - frame.come).unwrap_or(usize::MAX);
        let (taken, rest) = bytes.split_at(wanted.min(bytes.len()));
        *bytes = rest;
        let target = match (&frame.head.opcode, &mut self.message) {
            (OpCode::Data(_), Some(message)) => {
                message.in_flight.receive(taken.len()).map_err(Fault::Excess)?;
                &mut message.payload
            }
            _ => &mut self.control,
        };
        let start = target.len();
        target.extend_from_slice(taken);
        unmask(&mut target[start..], frame.mask, frame.come);
        frame.come += taken.len() as u64;
        if frame.come == frame.length {
            return Ok(Some(frame));
        }
        self.frame = Some(frame);
        Ok(None)
    }

    /// What a whole frame completes.
    fn complete(&mut self, frame: &Frame) -> Option<Incoming> {
        match frame.head.opcode {
            OpCode::Data(_) if frame.head.is_final => self.message.take().map(Incoming::Message),
            OpCode::Data(_) => None,
            OpCode::Control(control) => {
                let payload = std::mem::take(&mut self.control);
                Some(match control {
                    Control::Ping => Incoming::Ping(payload),
                    Control::Close => Incoming::Close(payload),
                    Control::Pong | Control::Reserved(_) => Incoming::Pong,
                })
            }
        }
    }
}

/// Takes the mask off bytes that begin at a place of their payload.
fn unmask(bytes: &mut [u8], mask: [u8; 4], place: u64) {
    let mut turned = mask;
    turned.rotate_left((place % 4) as usize);
    for chunk in bytes.chunks_mut(4) {
        for (byte, mask) in chunk.iter_mut().zip(turned) {
            *byte ^= mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::{Guard, SocketLimits};
    use proptest::prelude::*;
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    /// A client's frame.
    fn frame(first: u8, mask: [u8; 4], payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..126 => bytes.push(0x80 | short as u8),
            length => {
                bytes.push(0x80 | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
        }
        bytes.extend(mask);
        let start = bytes.len();
        bytes.extend(payload);
        unmask(&mut bytes[start..], mask, 0);
        bytes
    }

    fn guard() -> Arc<Guard> {
        let bytes_per_address = 200_000;
        Arc::new(Guard::new(SocketLimits { bytes_per_address, ..SocketLimits::default() }))
    }

    /// What comes of bytes that arrive in parts of these lengths, until they end or go wrong.
    fn received(guard: &Arc<Guard>, bytes: &[u8], parts: &[usize]) -> (Vec<String>, String) {
        let mut assembly = Assembly::new(50_000);
        let account = || guard.in_flight(Ipv4Addr::LOCALHOST.into());
        let (mut seen, mut rest, mut parts) = (Vec::new(), bytes, parts.iter().cycle());
        while !rest.is_empty() {
            let (part, later) = rest.split_at((*parts.next().unwrap_or(&1)).min(rest.len()));
            rest = later;
            let mut part = part;
            loop {
                match assembly.feed(&mut part, &account) {
                    Ok(Some(incoming)) => seen.push(shown(incoming)),
                    Ok(None) => break,
                    Err(fault) => return (seen, fault.to_string()),
                }
            }
        }
        (seen, String::new())
    }

    fn shown(incoming: Incoming) -> String {
        match incoming {
            Incoming::Message(message) => {
                let (text, _) = message.into_text(&Deflate::new(1), 50_000).expect("a text");
                format!("message {text}")
            }
            Incoming::Ping(payload) => format!("ping {}", String::from_utf8_lossy(&payload)),
            Incoming::Pong => "pong".into(),
            Incoming::Close(payload) => format!("close {payload:?}"),
        }
    }

    const MASK: [u8; 4] = [1, 2, 3, 4];

    #[test]
    fn frames_that_break_the_rules_are_refused_with_the_rule() {
        let unmasked = vec![0x81, 1, b'a'];
        let long = [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4].to_vec();
        for (bytes, expected) in [
            (unmasked, "a frame is not masked"),
            (frame(0x91, MASK, b"a"), "reserved bits are set"),
            (frame(0xc1, MASK, b"a"), "compression was not agreed"),
            (frame(0x09, MASK, b"a"), "a control frame is too long or not whole"),
            (frame(0x89, MASK, &[0; 126]), "a control frame is too long or not whole"),
            (frame(0x80, MASK, b"a"), "nothing is to be continued"),
            (frame(0x83, MASK, b"a"), "unknown opcode"),
            (long, "a message may have 50000 bytes"),
            (
                [frame(0x01, MASK, b"a"), frame(0x01, MASK, b"b")].concat(),
                "a message begins inside another",
            ),
            (
                [frame(0x01, MASK, &[b'a'; 40_000]), frame(0x80, MASK, &[b'a'; 10_001])].concat(),
                "a message may have 50000 bytes",
            ),
        ] {
            assert_eq!(received(&guard(), &bytes, &[7]).1, expected);
        }
    }

    #[test]
    fn what_came_of_messages_counts_for_the_address_until_they_are_gone() {
        let guard = guard();
        let account = || guard.in_flight(Ipv4Addr::LOCALHOST.into());
        let part = frame(0x01, MASK, &[b'a'; 30_000]);
        let mut others: Vec<_> = (0..10).map(|_| Assembly::new(50_000)).collect();
        let mut fed = others.iter_mut().map(|one| one.feed(&mut part.as_slice(), &account));
        let refused = fed.position(|fed| fed.is_err());
        assert!(refused.is_some_and(|place| (2..5).contains(&place)), "{refused:?}");
        others.clear();
        assert!(Assembly::new(50_000).feed(&mut part.as_slice(), &account).is_ok());
    }

    proptest! {
        #[test]
        fn however_bytes_arrive_the_messages_are_the_same(
            texts in prop::collection::vec("[a-z]{0,300}", 1..6),
            fragments in prop::collection::vec(0_usize..200, 1..6),
            parts in prop::collection::vec(1_usize..500, 1..9),
            mask in any::<[u8; 4]>(),
        ) {
            let (mut bytes, mut expected) = (Vec::new(), Vec::new());
            for text in &texts {
                let (mut rest, mut first) = (text.as_bytes(), 0x01);
                for length in &fragments {
                    let (part, later) = rest.split_at((*length).min(rest.len()));
                    bytes.extend(frame(first, mask, part));
                    // Between the parts of a message others may come.
                    bytes.extend(frame(0x89, mask, b"there?"));
                    expected.push("ping there?".to_owned());
                    (rest, first) = (later, 0x00);
                }
                bytes.extend(frame(0x80, mask, rest));
                expected.push(format!("message {text}"));
            }
            prop_assert_eq!(received(&guard(), &bytes, &parts), (expected, String::new()));
        }
    }
}
