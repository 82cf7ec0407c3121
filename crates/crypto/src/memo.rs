//! The memo cipher: text that only two keys can read.
//!
//! A message is four bytes of checksum and the text, encrypted with AES-256-CBC; key and start
//! vector come from the nonce and the shared secret (protocol/memo.cpp). Never knows whose keys.

use thiserror::Error;

use crate::aes512;
use crate::error::KeyError;
use crate::hash::{sha256, sha512};
use crate::private_key::PrivateKey;
use crate::public_key::PublicKey;

/// Bytes of checksum before the text.
const CHECKSUM_LENGTH: usize = 4;

/// Why a memo could not be written or read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MemoError {
    /// One of the keys cannot share a secret.
    #[error("the key of the memo is unusable: {0}")]
    Key(#[from] KeyError),
    /// The bytes are not what any encryption gives with these keys.
    #[error("the memo is not encrypted for these keys")]
    NotDecryptable,
    /// Fewer bytes than a checksum.
    #[error("a memo message has at least {CHECKSUM_LENGTH} bytes, this one has {0}")]
    TooShort(usize),
    /// The checksum does not fit the text: wrong keys, or a spoilt message.
    #[error("the checksum of the memo is wrong")]
    WrongChecksum,
    /// The text is not UTF-8.
    #[error("the memo is not text")]
    NotText,
}

/// Encrypts `text` from the owner of `own` to the owner of `other`, either of whom can read it.
pub fn encrypt(
    own: &PrivateKey,
    other: &PublicKey,
    nonce: u64,
    text: &str,
) -> Result<Vec<u8>, MemoError> {
    let checksum = checksum(text.as_bytes());
    let digest = digest(own, other, nonce)?;
    Ok(aes512::encrypt(&digest, &[&checksum, text.as_bytes()].concat()))
}

/// Decrypts a message between the owner of `own` and the owner of `other`.
pub fn decrypt(
    own: &PrivateKey,
    other: &PublicKey,
    nonce: u64,
    message: &[u8],
) -> Result<String, MemoError> {
    let plain = aes512::decrypt(&digest(own, other, nonce)?, message);
    let (found, text) = split(&plain.ok_or(MemoError::NotDecryptable)?)?;
    if found != checksum(text.as_bytes()) {
        return Err(MemoError::WrongChecksum);
    }
    Ok(text)
}

/// The message of a public memo, the kind whose keys are null: nothing is encrypted.
pub fn encode_public(text: &str) -> Vec<u8> {
    [&[0; CHECKSUM_LENGTH], text.as_bytes()].concat()
}

/// The text of a public memo; its checksum says nothing.
pub fn decode_public(message: &[u8]) -> Result<String, MemoError> {
    split(message).map(|(_, text)| text)
}

/// What key and start vector are made of.
fn digest(own: &PrivateKey, other: &PublicKey, nonce: u64) -> Result<[u8; 64], KeyError> {
    let secret = hex::encode(own.shared_secret(other)?);
    Ok(sha512(format!("{nonce}{secret}").as_bytes()))
}

fn checksum(text: &[u8]) -> [u8; CHECKSUM_LENGTH] {
    let [a, b, c, d, ..] = sha256(text);
    [a, b, c, d]
}

fn split(plain: &[u8]) -> Result<([u8; CHECKSUM_LENGTH], String), MemoError> {
    let (checksum, text) = plain.split_first_chunk().ok_or(MemoError::TooShort(plain.len()))?;
    let text = String::from_utf8(text.to_vec()).map_err(|_| MemoError::NotText)?;
    Ok((*checksum, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> (PrivateKey, PrivateKey) {
        (PrivateKey::from_seed("ann"), PrivateKey::from_seed("bob"))
    }

    #[test]
    fn both_sides_read_what_one_wrote() {
        let (ann, bob) = keys();
        let message = encrypt(&ann, &bob.public_key(), u64::MAX, "hello").unwrap();
        assert_eq!(decrypt(&bob, &ann.public_key(), u64::MAX, &message).unwrap(), "hello");
        assert_eq!(decrypt(&ann, &bob.public_key(), u64::MAX, &message).unwrap(), "hello");
    }

    #[test]
    fn refuses_the_wrong_nonce_and_spoilt_messages() {
        let (ann, bob) = keys();
        let message = encrypt(&ann, &bob.public_key(), 1, "hello").unwrap();
        assert!(decrypt(&bob, &ann.public_key(), 2, &message).is_err());
        let cut = decrypt(&bob, &ann.public_key(), 1, &message[1..]);
        assert_eq!(cut, Err(MemoError::NotDecryptable));
        assert_eq!(decrypt(&bob, &ann.public_key(), 1, &[]), Err(MemoError::NotDecryptable));
    }

    #[test]
    fn refuses_the_null_key() {
        let answer = encrypt(&keys().0, &PublicKey::NULL, 1, "hello");
        assert_eq!(answer, Err(MemoError::Key(KeyError::Null)));
    }

    #[test]
    fn reads_a_public_memo() {
        assert_eq!(decode_public(&encode_public("hello")).unwrap(), "hello");
        assert_eq!(decode_public(b"abc"), Err(MemoError::TooShort(3)));
    }
}
