//! The 128-bit hash that the start vector is taken from: CityHash128 of the 64 bytes of a shared
//! secret, with three exchanges that the reference made in it (`fc/crypto/city.cpp`).
//!
//! Only this one length is ever hashed, so only its case is here. No cryptography rests on it.

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const MIX: u64 = 0x9ddf_ea08_eb38_2d69;

/// Length of what is hashed, without the 16 bytes that are the seed.
const TAIL_BYTES: u64 = 48;

/// The hash, high half first, each half little-endian.
pub(super) fn hash_128(secret: &[u8; 64]) -> [u8; 16] {
    let words = words(secret);
    let [seed_high, seed_low, tail @ ..] = words;
    let (mut a, mut b) = (seed_low.wrapping_add(K0), seed_high);
    let [.., before_last, last] = tail;
    let mut c = mix(last.wrapping_add(K1), a);
    let mut d = mix(b.wrapping_add(TAIL_BYTES), c.wrapping_add(before_last));
    a = a.wrapping_add(d);
    for pair in tail.chunks_exact(2).take(2) {
        if let [first, second] = *pair {
            a = (a ^ fold(first.wrapping_mul(K1)).wrapping_mul(K1)).wrapping_mul(K1);
            b ^= a;
            c = (c ^ fold(second.wrapping_mul(K1)).wrapping_mul(K1)).wrapping_mul(K1);
            d ^= c;
        }
    }
    let (a, b) = (mix(a, c), mix(d, b));
    let mut hash = [0; 16];
    let (high, low) = hash.split_at_mut(8);
    high.copy_from_slice(&(a ^ b).to_le_bytes());
    low.copy_from_slice(&mix(b, a).to_le_bytes());
    hash
}

fn words(bytes: &[u8; 64]) -> [u64; 8] {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    }
    words
}

fn fold(value: u64) -> u64 {
    value ^ (value >> 47)
}

/// Mixes two numbers into one; the published function takes them in the other order.
fn mix(high: u64, low: u64) -> u64 {
    let a = fold((low ^ high).wrapping_mul(MIX));
    fold((high ^ a).wrapping_mul(MIX)).wrapping_mul(MIX)
}
