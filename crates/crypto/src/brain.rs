//! Keys from a phrase somebody remembers.
//!
//! The same phrase and number give the same key as in the reference's wallet
//! (wallet/wallet_sign.cpp). Never makes up a phrase.

use crate::hash::{sha256, sha512};
use crate::private_key::PrivateKey;

/// A phrase the way it is hashed: ASCII letters upper case, words one space apart, no space around.
pub fn normalize_brain_key(phrase: &str) -> String {
    let is_space = |c| matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{b}' | '\u{c}');
    let words = phrase.split(is_space).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_ascii_uppercase()
}

/// Key number `sequence_number` of a normalized phrase, or of the WIF of another key.
pub fn derive_private_key(prefix: &str, sequence_number: u32) -> PrivateKey {
    let digest = sha512(format!("{prefix} {sequence_number}").as_bytes());
    PrivateKey::from_digest(sha256(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes_case_and_spaces_only() {
        let check = |phrase, want| assert_eq!(normalize_brain_key(phrase), want);
        check("  my\tBrain \r\n key ", "MY BRAIN KEY");
        check("", "");
        check(" \x0b\x0c", "");
        check("zürich-5", "ZüRICH-5");
    }

    #[test]
    fn derives_a_key_for_every_number() {
        let first = derive_private_key("MY BRAIN KEY", 0);
        let want = "aded8f3c45fddd250afb534284f73c2f208f921fe4f0b78d7a7a76f974720fa4";
        assert_eq!(hex::encode(first.to_bytes()), want);
        assert_ne!(first, derive_private_key("MY BRAIN KEY", 1));
    }
}
