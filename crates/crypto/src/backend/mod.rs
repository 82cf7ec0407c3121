//! The few operations on the curve that are worth a library in C, and the same in Rust for targets
//! that have no C compiler.
//!
//! Invariant: both give the same bytes for the same bytes, refusals included; the tests below
//! compare them. Never knows what is signed, nor by whom.

#[cfg(feature = "libsecp256k1")]
mod c;
#[cfg(any(test, not(feature = "libsecp256k1")))]
mod rust;

#[cfg(feature = "libsecp256k1")]
pub(crate) use c::*;
#[cfg(not(feature = "libsecp256k1"))]
pub(crate) use rust::*;

#[cfg(all(test, feature = "libsecp256k1"))]
mod tests {
    use super::{c, rust};
    use crate::hash::sha256;
    use crate::{PrivateKey, Signature};

    /// Numbers of 32 bytes: the edges of the order, and many others.
    fn numbers() -> Vec<[u8; 32]> {
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        let mut order: [u8; 32] = hex::decode(order).expect("hex").try_into().expect("32 bytes");
        let mut numbers = vec![[0; 32], [0xff; 32], order];
        order[31] -= 1;
        numbers.push(order);
        numbers.extend((0..200_u32).map(|n| sha256(&n.to_le_bytes())));
        numbers
    }

    #[test]
    fn keys_and_their_children_are_the_same_in_c_and_in_rust() {
        for number in numbers() {
            assert_eq!(c::is_secret(&number), rust::is_secret(&number));
            if !c::is_secret(&number) {
                continue;
            }
            let key = c::public_key(&number);
            assert_eq!(key, rust::public_key(&number));
            assert_eq!(c::uncompressed(&key), rust::uncompressed(&key));
            for other in numbers() {
                assert_eq!(c::multiply(&key, &other), rust::multiply(&key, &other));
                assert_eq!(c::add_multiple(&key, &other), rust::add_multiple(&key, &other));
            }
        }
        for bytes in numbers().iter().map(|number| {
            let mut bytes = [2; 33];
            bytes[1..].copy_from_slice(number);
            bytes
        }) {
            assert_eq!(c::uncompressed(&bytes), rust::uncompressed(&bytes), "{bytes:?}");
        }
    }

    #[test]
    fn signatures_made_in_rust_are_those_that_libsecp256k1_recovers() {
        for number in numbers().into_iter().filter(rust::is_secret) {
            let key = PrivateKey::from_bytes(number).expect("a secret");
            let digest = sha256(&number);
            let Signature(signature) = key.sign(&digest);
            let (id, rest) = (signature[0] - 31, signature[1..].try_into().expect("r and s"));
            assert_eq!(c::recover(&digest, rest, id), Some(rust::public_key(&number)));
            for id in 0..4 {
                let in_rust = rust::recover(&digest, rest, id);
                assert_eq!(c::recover(&digest, rest, id), in_rust, "{id}");
            }
            // The same nonces, so the same bytes: what C signs with them is what Rust signed.
            assert_eq!(c::sign_again(&number, &digest, rest), Some(id));
        }
    }

    #[test]
    fn spoilt_signatures_are_refused_alike() {
        let digest = sha256(b"digest");
        for (n, number) in numbers().into_iter().enumerate() {
            let mut rest = [0; 64];
            rest[..32].copy_from_slice(&number);
            rest[32..].copy_from_slice(&numbers()[(n * 7) % 200]);
            for id in 0..4 {
                assert_eq!(c::recover(&digest, &rest, id), rust::recover(&digest, &rest, id));
            }
        }
    }
}
