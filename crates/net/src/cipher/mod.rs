//! The encrypted stream under the messages: key exchange, then AES-256-CBC both ways.
//!
//! Each side sends the compressed public key of a fresh pair in the clear. Both directions use the
//! same key and start vector, each as one unbroken stream for the life of the connection. This keeps
//! out who only listens; who a peer is, its hello proves. Secrets are never printed.

mod city;

use aes::Aes256;
use carbyne_crypto::hash::sha256;
use carbyne_crypto::{KeyError, PrivateKey, PublicKey};
use cbc::cipher::inout::InOutBuf;
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use std::fmt;

/// Bytes that are encrypted together.
pub const BLOCK_BYTES: usize = 16;

/// Bytes of the public key that begins each direction.
pub const KEY_BYTES: usize = 33;

/// What both ends of a connection know and nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret([u8; 64]);

impl SharedSecret {
    /// From the own secret of this connection and the key that the other end sent. Refuses bytes
    /// that are no key.
    pub fn new(own: &PrivateKey, other: &PublicKey) -> Result<Self, KeyError> {
        own.shared_secret(other).map(Self)
    }

    /// A secret that is known otherwise.
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// What each end signs to prove who it is.
    pub fn digest(&self) -> [u8; 32] {
        sha256(&self.0)
    }

    /// The key of the cipher: as secret as the secret.
    pub fn key(&self) -> [u8; 32] {
        sha256(&self.0)
    }

    /// The start vector of the cipher.
    pub fn start(&self) -> [u8; BLOCK_BYTES] {
        city::hash_128(&self.0)
    }

    /// What encrypts one direction.
    pub fn encryptor(&self) -> Encryptor {
        Encryptor(cbc::Encryptor::new(&self.key().into(), &self.start().into()))
    }

    /// What decrypts one direction.
    pub fn decryptor(&self) -> Decryptor {
        let stream = cbc::Decryptor::new(&self.key().into(), &self.start().into());
        Decryptor { stream, rest: Vec::new() }
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret")
    }
}

/// Encrypts a direction of a connection.
pub struct Encryptor(cbc::Encryptor<Aes256>);

impl Encryptor {
    /// Encrypts the next bytes in place; of a rest that fills no block nothing is done.
    pub fn encrypt(&mut self, bytes: &mut [u8]) {
        let (blocks, _) = InOutBuf::from(bytes).into_chunks();
        self.0.encrypt_blocks_inout_mut(blocks);
    }
}

impl fmt::Debug for Encryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encryptor")
    }
}

/// Decrypts a direction of a connection. Holds less than a block of what is not decrypted yet.
pub struct Decryptor {
    stream: cbc::Decryptor<Aes256>,
    rest: Vec<u8>,
}

impl Decryptor {
    /// Appends to `plain` what can be read with these bytes.
    pub fn decrypt(&mut self, bytes: &[u8], plain: &mut Vec<u8>) {
        let begin = plain.len();
        plain.append(&mut self.rest);
        plain.extend_from_slice(bytes);
        let (blocks, rest) =
            InOutBuf::from(plain.get_mut(begin..).unwrap_or_default()).into_chunks();
        let rest_len = rest.len();
        self.stream.decrypt_blocks_inout_mut(blocks);
        self.rest = plain.split_off(plain.len().saturating_sub(rest_len));
    }
}

impl fmt::Debug for Decryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decryptor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SharedSecret {
        let (ann, bob) = (PrivateKey::from_seed("ann"), PrivateKey::from_seed("bob"));
        SharedSecret::new(&ann, &bob.public_key()).unwrap()
    }

    #[test]
    fn both_ends_find_the_same_secret() {
        let (ann, bob) = (PrivateKey::from_seed("ann"), PrivateKey::from_seed("bob"));
        let other_end = SharedSecret::new(&bob, &ann.public_key()).unwrap();
        assert!(secret() == other_end);
    }

    #[test]
    fn a_stream_is_read_in_whatever_pieces_it_comes() {
        let text: Vec<u8> = (0..=255).collect();
        let mut bytes = text.clone();
        secret().encryptor().encrypt(&mut bytes);
        for size in [1, 7, 15, 16, 17, 100, 256] {
            let (mut decryptor, mut plain) = (secret().decryptor(), Vec::new());
            bytes.chunks(size).for_each(|piece| decryptor.decrypt(piece, &mut plain));
            assert_eq!(plain, text, "in pieces of {size}");
        }
    }

    #[test]
    fn a_stream_goes_on_from_message_to_message() {
        let mut whole = vec![7; 64];
        secret().encryptor().encrypt(&mut whole);
        let (mut first, mut second) = (vec![7; 32], vec![7; 32]);
        let mut encryptor = secret().encryptor();
        encryptor.encrypt(&mut first);
        encryptor.encrypt(&mut second);
        assert_eq!([first, second].concat(), whole);
    }

    #[test]
    fn nothing_secret_is_printed() {
        let key = PrivateKey::from_seed("ann");
        let secret = secret();
        let printed = format!("{secret:?} {:?} {:?}", secret.encryptor(), secret.decryptor());
        assert_eq!(printed, "SharedSecret Encryptor Decryptor");
        assert!(!format!("{key:?}").contains(&hex::encode(key.to_bytes())));
    }

    #[test]
    fn bytes_that_are_no_key_are_refused() {
        let own = PrivateKey::from_seed("ann");
        assert_eq!(SharedSecret::new(&own, &PublicKey([5; 33])), Err(KeyError::NotAPoint));
        assert_eq!(SharedSecret::new(&own, &PublicKey::NULL), Err(KeyError::Null));
    }
}
