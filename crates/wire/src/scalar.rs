//! Small values: text, bytes, digests, variable-length integers, vote ids, future extensions.

use crate::json::{Foreign, parse_hex, parse_hex_array};
use crate::{Json, JsonError, Kind, Pack, PackError, Reader, Reflect, View};
use crate::{pack_varint, uint_to_json};
use serde_json::Value;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

crate::in_every_dialect!([] Text, [] Bytes, [] VarUint, [] VoteId, [] Extensions);
crate::in_every_dialect!([const N: usize] Digest<N>);

/// Length of what is no digest but a point of the curve, of which the reference reads no more text
/// than it takes.
const POINT_BYTES: usize = 33;
/// Longest text or byte string the format allows, in bytes.
const BYTES_MAX: u64 = 10 * 1024 * 1024;

fn unpack_bytes<'a>(input: &mut Reader<'a>) -> Result<&'a [u8], PackError> {
    let len = input.varint()?;
    if len >= BYTES_MAX {
        return Err(PackError::TooLong(len));
    }
    input.take(len as usize)
}

fn pack_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    pack_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// Text as it came: the chain hashes its bytes and never checks that they are UTF-8, so neither may
/// we. Up to 14 bytes, as most names of accounts and nearly all symbols have, stay inside: rows
/// that hold a name are copied into every undo session. Takes 16 bytes, since a million accounts
/// have their name three times.
#[derive(Clone)]
pub struct Text(Letters);

/// Bytes of a text that take no memory elsewhere.
const INSIDE_MAX: usize = 14;

#[derive(Clone)]
// A slice has its length beside its pointer, which would make every text longer.
#[allow(clippy::box_collection)]
enum Letters {
    Inside { count: u8, bytes: [u8; INSIDE_MAX] },
    Outside(Box<Vec<u8>>),
}

impl Default for Text {
    fn default() -> Self {
        Self(Letters::Inside { count: 0, bytes: [0; INSIDE_MAX] })
    }
}

impl Text {
    fn of(text: &[u8]) -> Self {
        let mut bytes = [0; INSIDE_MAX];
        Self(match bytes.get_mut(..text.len()) {
            Some(room) => {
                room.copy_from_slice(text);
                Letters::Inside { count: text.len() as u8, bytes }
            }
            None => Letters::Outside(Box::new(text.to_vec())),
        })
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Letters::Inside { count, bytes } => bytes.get(..usize::from(*count)).unwrap_or(bytes),
            Letters::Outside(bytes) => bytes,
        }
    }

    /// A short text as a number, so that two are compared at once: its letters from the greatest
    /// byte on, zeros, and its length, since letters may be zeros, too.
    #[inline]
    fn rank(&self) -> Option<u128> {
        let Letters::Inside { count, bytes } = &self.0 else { return None };
        let mut all = [0; 16];
        *all.first_chunk_mut()? = *bytes;
        Some(u128::from_be_bytes(all) | u128::from(*count))
    }

    /// The text, with a replacement character where it is not UTF-8.
    pub fn to_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::of(text.as_bytes())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self::of(&bytes)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.rank(), other.rank()) {
            (Some(own), Some(others)) => own.cmp(&others),
            _ => self.as_bytes().cmp(other.as_bytes()),
        }
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_lossy())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_lossy(), f)
    }
}

impl Pack for Text {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_bytes(self.as_bytes(), out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        unpack_bytes(input).map(Self::of)
    }
}

impl Json for Text {
    fn to_json(&self) -> Value {
        Value::String(self.to_lossy().into_owned())
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        String::from_json(value).map(Self::from)
    }
}

impl Reflect for Text {
    fn kind() -> Kind {
        Kind::Text
    }
    fn view(&self) -> View<'_> {
        View::Text(self.as_bytes())
    }
}

/// Bytes; hexadecimal in JSON.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl std::ops::Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl Pack for Bytes {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_bytes(&self.0, out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        unpack_bytes(input).map(|bytes| Self(bytes.to_vec()))
    }
}

impl Json for Bytes {
    fn to_json(&self) -> Value {
        Value::String(hex::encode(&self.0))
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        parse_hex(&String::from_json(value)?).map(Self)
    }
}

impl Reflect for Bytes {
    fn kind() -> Kind {
        Kind::Bytes
    }
    fn view(&self) -> View<'_> {
        View::Bytes(&self.0)
    }
}

/// A digest of `N` bytes; hexadecimal in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest<const N: usize>(pub [u8; N]);

/// 20 bytes: block ids, transaction ids, RIPEMD-160 and SHA-1 digests.
pub type Hash160 = Digest<20>;

impl<const N: usize> Default for Digest<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Digest<N> {
    /// Reads hexadecimal text of exactly `N` bytes.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; N];
        hex::decode_to_slice(text, &mut bytes).ok().map(|()| Self(bytes))
    }
}

impl<const N: usize> fmt::Display for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl<const N: usize> fmt::Debug for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> Pack for Digest<N> {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        input.array().map(Self)
    }
}

impl<const N: usize> Json for Digest<N> {
    fn to_json(&self) -> Value {
        Value::String(self.to_string())
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let text = String::from_json(value)?;
        if N == POINT_BYTES {
            return parse_hex_array(&text).map(Self);
        }
        // Shorter text fills the front and longer text is cut, as the reference does.
        let bytes = parse_hex(&text)?;
        let mut digest = [0; N];
        digest.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        Ok(Self(digest))
    }
}

impl<const N: usize> Reflect for Digest<N> {
    fn kind() -> Kind {
        Kind::Digest(N)
    }
    fn view(&self) -> View<'_> {
        View::Digest(&self.0)
    }
}

/// An integer of 1 to 10 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarUint(pub u64);

impl Pack for VarUint {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_varint(self.0, out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        input.varint().map(Self)
    }
}

impl Json for VarUint {
    fn to_json(&self) -> Value {
        uint_to_json(self.0)
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        u64::from_json(value).map(Self)
    }
}

impl Reflect for VarUint {
    fn kind() -> Kind {
        Kind::VarUint
    }
    fn view(&self) -> View<'_> {
        View::Int(i128::from(self.0))
    }
}

/// What a vote is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoteKind {
    /// A committee member.
    Committee = 0,
    /// A witness.
    Witness = 1,
    /// A worker.
    Worker = 2,
}

/// A thing that can be voted for; `kind:instance` in JSON, instances unique across kinds. Like the
/// reference's, it compares by instance alone: a set holds one vote per instance, whatever its
/// kind.
#[derive(Clone, Copy, Default)]
pub struct VoteId {
    // Kind in the lower 8 bits, instance in the upper 24.
    content: u32,
}

impl PartialEq for VoteId {
    fn eq(&self, other: &Self) -> bool {
        self.instance() == other.instance()
    }
}

impl Eq for VoteId {}

impl PartialOrd for VoteId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for VoteId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.instance().cmp(&other.instance())
    }
}

impl std::hash::Hash for VoteId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.instance().hash(state);
    }
}

impl VoteId {
    /// The vote `kind:instance`; instances have 24 bits.
    pub const fn new(kind: VoteKind, instance: u32) -> Self {
        Self { content: instance << 8 | kind as u32 }
    }

    /// The kind as a number: other than 0 to 2 if a client made it up.
    pub const fn kind_number(self) -> u8 {
        self.content as u8
    }

    /// The kind, if it is one.
    pub const fn vote_kind(self) -> Option<VoteKind> {
        match self.content as u8 {
            0 => Some(VoteKind::Committee),
            1 => Some(VoteKind::Witness),
            2 => Some(VoteKind::Worker),
            _ => None,
        }
    }

    /// The instance number.
    pub const fn instance(self) -> u32 {
        self.content >> 8
    }
}

impl fmt::Display for VoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind_number(), self.instance())
    }
}

impl fmt::Debug for VoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Pack for VoteId {
    fn pack(&self, out: &mut Vec<u8>) {
        self.content.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(Self { content: u32::unpack(input)? })
    }
}

impl Json for VoteId {
    fn to_json(&self) -> Value {
        Value::String(self.to_string())
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let text = String::from_json(value)?;
        let explained =
            |error: JsonError| error.explained(format!("\"{text}\" is no vote id such as 1:22"));
        let (kind, instance) = text
            .split_once(':')
            .ok_or_else(|| explained(JsonError::assert("colon != std::string::npos: ")))?;
        let number = |text| {
            leading_number(text).map_err(|foreign| explained(JsonError::foreign(foreign, "")))
        };
        let (kind, instance) = (number(kind)? as u32, number(instance)? as u32);
        Ok(Self { content: instance.wrapping_shl(8) | kind })
    }
}

/// The number that a text begins with, behind blanks; of a negative one the value modulo 2^64.
fn leading_number(text: &str) -> Result<u64, Foreign> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let is_negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let digits = digits.get(..end).filter(|digits| !digits.is_empty());
    let number: u64 =
        digits.ok_or(Foreign::NoVoteNumber)?.parse().map_err(|_| Foreign::LargeVoteNumber)?;
    Ok(if is_negative { number.wrapping_neg() } else { number })
}

impl Reflect for VoteId {
    fn kind() -> Kind {
        Kind::Other
    }
    fn view(&self) -> View<'_> {
        View::Other
    }
}

/// Room for extensions that no rule uses yet: a set of choices of which only the empty one exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extensions {
    /// Whether the set holds the empty extension; it can do so once.
    holds_void: bool,
}

impl Pack for Extensions {
    #[inline]
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.holds_void));
        if self.holds_void {
            out.push(0);
        }
    }
    #[inline]
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        let count = input.count()?;
        for _ in 0..count {
            let tag = input.varint()?;
            if tag != 0 {
                return Err(PackError::UnknownTag { name: "future_extensions", tag });
            }
        }
        Ok(Self { holds_void: count > 0 })
    }
}

impl Json for Extensions {
    fn to_json(&self) -> Value {
        let void = Value::Array(vec![Value::from(0), Value::Object(serde_json::Map::new())]);
        Value::Array(if self.holds_void { vec![void] } else { Vec::new() })
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        let items = value.as_array().ok_or_else(|| JsonError::bad_cast(value, "Array"))?;
        for item in items {
            let item = item.as_array().ok_or_else(|| JsonError::bad_cast(item, "Array"))?;
            let [tag, content, ..] = item.as_slice() else { continue };
            let tag = u64::from_json(tag)?;
            if tag != 0 {
                return Err(JsonError::unknown_tag(tag, 1));
            }
            if !content.is_object() {
                return Err(JsonError::not_an_object(content));
            }
        }
        Ok(Self { holds_void: !items.is_empty() })
    }
}

impl Reflect for Extensions {
    fn kind() -> Kind {
        Kind::Set(|| Kind::Other)
    }
    fn view(&self) -> View<'_> {
        View::Sequence(if self.holds_void { vec![&VOID] } else { Vec::new() })
    }
}

static VOID: Extensions = Extensions { holds_void: false };
