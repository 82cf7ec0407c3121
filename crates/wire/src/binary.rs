//! Binary form: little-endian integers, base-128 lengths, no padding, no tags except where a type
//! is a choice.
//!
//! Invariant: unpacking never panics and never allocates more than the input can justify.

use crate::Tags;

/// Deepest nesting that [`Reader`] follows; proposals inside proposals are the only recursion.
const DEPTH_MAX: u32 = 120;

/// Why bytes are not a value of the type asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The input ended inside a value.
    #[error("the input ends inside a value")]
    Truncated,
    /// A base-128 integer has more than 64 bits.
    #[error("a variable-length integer has more than 64 bits")]
    VarintOverflow,
    /// A boolean byte is neither 0 nor 1.
    #[error("a boolean is {0}, neither 0 nor 1")]
    NotABool(u8),
    /// A tag of a choice that the type does not have.
    #[error("{name} has no choice with tag {tag}")]
    UnknownTag {
        /// The type.
        name: &'static str,
        /// The tag that was read.
        tag: u64,
    },
    /// An object id whose instance does not fit 48 bits.
    #[error("object instance {0} does not fit 48 bits")]
    InstanceOverflow(u64),
    /// A length above what the format allows.
    #[error("a length of {0} is above the limit of the format")]
    TooLong(u64),
    /// An extension member that is unknown, repeated or out of order.
    #[error("extension of {0} has members left over that it does not know")]
    UnknownExtension(&'static str),
    /// Values nested deeper than allowed.
    #[error("values are nested too deep")]
    TooDeep,
    /// Bytes left after the value.
    #[error("{0} bytes are left over after the value")]
    TrailingBytes(usize),
}

/// A cursor over packed bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    depth: u32,
    tags: Tags,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte of `input`, which is of a chain that knows these choices.
    #[inline]
    pub fn new(input: &'a [u8], tags: Tags) -> Self {
        Self { rest: input, depth: 0, tags }
    }

    /// Whether choices with tags from [`FIRST_LATER_TAG`](crate::FIRST_LATER_TAG) on are read.
    #[inline]
    pub const fn knows_later_tags(&self) -> bool {
        self.tags.are_all()
    }

    /// Bytes not read yet.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Takes the next `count` bytes.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], PackError> {
        let (head, tail) = self.rest.split_at_checked(count).ok_or(PackError::Truncated)?;
        self.rest = tail;
        Ok(head)
    }

    /// Takes the next `N` bytes as an array.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], PackError> {
        let (head, tail) = self.rest.split_first_chunk::<N>().ok_or(PackError::Truncated)?;
        self.rest = tail;
        Ok(*head)
    }

    /// Takes the next byte.
    #[inline]
    pub fn byte(&mut self) -> Result<u8, PackError> {
        let (head, tail) = self.rest.split_first().ok_or(PackError::Truncated)?;
        self.rest = tail;
        Ok(*head)
    }

    /// Takes a base-128 integer of at most 64 bits.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, PackError> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        self.varint_rest(first)
    }

    fn varint_rest(&mut self, first: u8) -> Result<u64, PackError> {
        let mut value = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                return Err(PackError::VarintOverflow);
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(PackError::VarintOverflow)
    }

    /// Takes the number of elements of a container, each of which has at least one byte.
    #[inline]
    pub fn count(&mut self) -> Result<usize, PackError> {
        let count = self.varint()?;
        if count > self.rest.len() as u64 {
            return Err(PackError::Truncated);
        }
        Ok(count as usize)
    }

    /// Runs `read` one level deeper, refusing input that nests without end.
    #[inline]
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, PackError>,
    ) -> Result<T, PackError> {
        if self.depth >= DEPTH_MAX {
            return Err(PackError::TooDeep);
        }
        self.depth = self.depth.saturating_add(1);
        let value = read(self);
        self.depth = self.depth.saturating_sub(1);
        value
    }
}

/// A value with a binary form.
pub trait Pack: Sized {
    /// Appends the binary form to `out`.
    fn pack(&self, out: &mut Vec<u8>);

    /// Reads a value, leaving `input` behind it.
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError>;

    /// The binary form on its own.
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.pack(&mut out);
        out
    }

    /// Length of the binary form, in bytes.
    fn packed_len(&self) -> usize {
        self.to_bytes().len()
    }

    /// Sorts items by the part of them that a set or a map is ordered by, equal ones as they came.
    /// A type whose comparison is costly says here how many are sorted at once.
    fn sort_by_part<I>(items: &mut [I], part: impl Fn(&I) -> &Self)
    where
        Self: Ord,
    {
        items.sort_by(|a, b| part(a).cmp(part(b)));
    }
}

/// Unpacks a value of a chain that knows these choices; it must take up all of `bytes`.
#[inline]
pub fn unpack_exact<T: Pack>(bytes: &[u8], tags: Tags) -> Result<T, PackError> {
    let mut input = Reader::new(bytes, tags);
    let value = T::unpack(&mut input)?;
    match input.remaining() {
        0 => Ok(value),
        left => Err(PackError::TrailingBytes(left)),
    }
}

/// Appends a base-128 integer.
#[inline]
pub fn pack_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Length of a base-128 integer, in bytes.
pub fn varint_len(value: u64) -> usize {
    ((value | 1).ilog2() as usize / 7).saturating_add(1)
}

macro_rules! pack_integer {
    ($($type:ty),*) => {$(
        impl Pack for $type {
            #[inline]
            fn pack(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            #[inline]
            fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
                Ok(Self::from_le_bytes(input.array()?))
            }
            fn packed_len(&self) -> usize {
                size_of::<Self>()
            }
        }
    )*};
}
pack_integer!(u8, u16, u32, u64, u128, i8, i16, i32, i64);

impl Pack for bool {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    #[inline]
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(PackError::NotABool(other)),
        }
    }
}

impl<const N: usize> Pack for [u8; N] {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    #[inline]
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        input.array()
    }
}
