//! What can be wrong with a key or an address that somebody wrote down.
//!
//! Never carries a secret: a refused private key is not repeated in the message.

use thiserror::Error;

/// Why a key or an address was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The text does not begin with the prefix of this chain, or nothing follows it.
    #[error("the text does not begin with the prefix {prefix}")]
    WrongPrefix {
        /// The prefix that was expected.
        prefix: String,
    },
    /// A character outside the base58 alphabet.
    #[error("the text is not base58")]
    NotBase58,
    /// More characters than any key needs.
    #[error("{length} characters are too long for a key, at most {max} are read")]
    TooLong {
        /// Length of the text, bytes.
        length: usize,
        /// The longest text that is decoded, bytes.
        max: usize,
    },
    /// The decoded text has not the length of what it should be.
    #[error("{got} bytes where {wanted} are needed")]
    WrongLength {
        /// Bytes needed.
        wanted: usize,
        /// Bytes found.
        got: usize,
    },
    /// The checksum at the end does not fit what stands before it.
    #[error("the checksum is wrong")]
    WrongChecksum,
    /// The key of 33 zero bytes, which stands for "no key".
    #[error("the null key has no point")]
    Null,
    /// The bytes are not the compressed form of a point of the curve.
    #[error("not a point of the curve")]
    NotAPoint,
    /// Zero, or not below the order of the curve.
    #[error("not a valid secret")]
    NotASecret,
}
