//! AES-256-CBC as fc uses it: key and start vector are the first 48 bytes of a digest of 64.
//!
//! It hides and does not vouch: whoever decrypts looks for a checksum inside. Never knows what is
//! hidden.

use aes::Aes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};

fn key_and_start(digest: &[u8; 64]) -> ([u8; 32], [u8; 16]) {
    let (mut key, mut start) = ([0; 32], [0; 16]);
    key.copy_from_slice(&digest[..32]);
    start.copy_from_slice(&digest[32..48]);
    (key, start)
}

/// The bytes, hidden.
pub fn encrypt(digest: &[u8; 64], plain: &[u8]) -> Vec<u8> {
    let (key, start) = key_and_start(digest);
    let cipher = cbc::Encryptor::<Aes256>::new(&key.into(), &start.into());
    cipher.encrypt_padded_vec_mut::<Pkcs7>(plain)
}

/// What was hidden; none if the padding says that it was not hidden with this digest.
pub fn decrypt(digest: &[u8; 64], hidden: &[u8]) -> Option<Vec<u8>> {
    let (key, start) = key_and_start(digest);
    let cipher = cbc::Decryptor::<Aes256>::new(&key.into(), &start.into());
    cipher.decrypt_padded_vec_mut::<Pkcs7>(hidden).ok()
}
