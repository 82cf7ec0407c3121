//! What differs between chains in the form of a value: a dialect.
//!
//! Keys and addresses begin with a prefix of the chain in text, and some chains know more choices.
//! The reference counts the choices of its operations from 0. Choices with tags from
//! [`FIRST_LATER_TAG`] on belong to chains whose genesis opted in to more; everywhere else such a
//! tag is as unknown as any other, in bytes and in JSON. Whoever owns a chain, or speaks to one,
//! holds its dialect and passes it where a value is written or read, so one process may know many
//! chains. Rules never ask it: they ask the state, and refuse what a chain has not opted in to.

/// The first of the tags that only some chains know.
pub const FIRST_LATER_TAG: u64 = 1_000;

/// Which choices are read, in bytes and in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    /// Those of the reference.
    Reference,
    /// Also those from [`FIRST_LATER_TAG`] on. So is read what came past a chain already.
    All,
}

impl Tags {
    /// Whether choices with tags from [`FIRST_LATER_TAG`] on are read.
    #[inline]
    pub const fn are_all(self) -> bool {
        matches!(self, Self::All)
    }
}

/// Why a text cannot be what keys of a chain begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an address prefix has {max} bytes at most, not {got}")]
pub struct PrefixTooLong {
    /// Bytes it has.
    pub got: usize,
    /// Bytes it may have.
    pub max: usize,
}

/// How a chain writes and reads what differs between chains.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// The prefix, and zeros behind it. It is inside, so that a dialect is copied as a number is.
    prefix: [u8; Self::PREFIX_MAX],
    length: u8,
    tags: Tags,
}

impl Dialect {
    /// Bytes that a prefix may have.
    pub const PREFIX_MAX: usize = 22;

    /// That of the reference on the chain of BitShares: keys begin with `BTS`.
    pub const REFERENCE: Self = {
        let mut prefix = [0; Self::PREFIX_MAX];
        let (bts, _) = prefix.split_at_mut(3);
        bts.copy_from_slice(b"BTS");
        Self { prefix, length: 3, tags: Tags::Reference }
    };

    /// That of a chain whose keys and addresses begin with `prefix`, and which knows the choices of
    /// the reference.
    pub fn new(prefix: &str) -> Result<Self, PrefixTooLong> {
        let too_long = PrefixTooLong { got: prefix.len(), max: Self::PREFIX_MAX };
        let length = u8::try_from(prefix.len()).map_err(|_| too_long)?;
        let mut bytes = [0; Self::PREFIX_MAX];
        let (head, _) = bytes.split_at_mut_checked(prefix.len()).ok_or(too_long)?;
        head.copy_from_slice(prefix.as_bytes());
        Ok(Self { prefix: bytes, length, tags: Tags::Reference })
    }

    /// The same with other choices.
    pub const fn knowing(self, tags: Tags) -> Self {
        Self { tags, ..self }
    }

    /// What keys and addresses begin with in text.
    pub fn prefix(&self) -> &str {
        let prefix = self.prefix.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(prefix).unwrap_or_default()
    }

    /// Which choices are read.
    pub const fn tags(&self) -> Tags {
        self.tags
    }

    /// Whether choices with tags from [`FIRST_LATER_TAG`] on are read.
    pub const fn knows_later_tags(&self) -> bool {
        self.tags.are_all()
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self::REFERENCE
    }
}

impl std::fmt::Debug for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.prefix(), self.tags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_what_was_given_or_too_long() {
        for prefix in ["", "BTS", "TEST", "\u{e4}", &"x".repeat(Dialect::PREFIX_MAX)] {
            assert_eq!(Dialect::new(prefix).unwrap().prefix(), prefix);
        }
        assert_eq!(Dialect::new("BTS"), Ok(Dialect::REFERENCE));
        for got in [Dialect::PREFIX_MAX + 1, 255, 256, 1_000] {
            let refused = Dialect::new(&"x".repeat(got)).unwrap_err();
            assert_eq!(refused, PrefixTooLong { got, max: Dialect::PREFIX_MAX });
        }
    }
}
