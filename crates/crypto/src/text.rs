//! Base58 as the protocol writes it: payload and four bytes of checksum.
//!
//! Never decodes unbounded text: base58 takes quadratic time.

use crate::error::KeyError;

/// Bytes of checksum at the end of every encoded value.
pub(crate) const CHECKSUM_LENGTH: usize = 4;

/// Longest text decoded, bytes. A key needs 51.
const TEXT_LENGTH_MAX: usize = 128;

/// The whitespace of the C locale, which the reference (fc base58.cpp) skips around base58.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

/// Base58 to bytes; whitespace around the text does not count.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, KeyError> {
    if text.len() > TEXT_LENGTH_MAX {
        return Err(KeyError::TooLong { length: text.len(), max: TEXT_LENGTH_MAX });
    }
    bs58::decode(text.trim_matches(is_space)).into_vec().map_err(|_| KeyError::NotBase58)
}

/// Bytes to base58.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bs58::encode(bytes).into_string()
}

/// Base58 of `payload` and the first four bytes of `digest`, behind `prefix`.
pub(crate) fn encode_checked(prefix: &str, payload: &[u8], digest: &[u8]) -> String {
    let checksum = digest.iter().take(CHECKSUM_LENGTH);
    let bytes: Vec<u8> = payload.iter().chain(checksum).copied().collect();
    format!("{prefix}{}", encode(&bytes))
}

/// What follows `prefix` in `text`; nothing following is refused too.
pub(crate) fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Result<&'a str, KeyError> {
    match text.strip_prefix(prefix) {
        Some(rest) if !rest.is_empty() => Ok(rest),
        _ => Err(KeyError::WrongPrefix { prefix: prefix.to_owned() }),
    }
}
