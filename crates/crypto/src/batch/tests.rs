use super::*;
use crate::{PrivateKey, recover};
use k256::elliptic_curve::PrimeField;

fn digest(number: usize) -> [u8; 32] {
    crate::hash::sha256(&number.to_le_bytes())
}

/// So many good claims of so many keys.
fn claims(count: usize, keys: usize) -> Vec<Claim> {
    let keys: Vec<PrivateKey> = (0..keys).map(|n| PrivateKey::from_seed(&n.to_string())).collect();
    let claim = |number: usize| {
        let (key, digest) = (&keys[number % keys.len()], digest(number));
        let known = KnownKey::new(key.public_key()).expect("a point");
        Claim { digest, signature: key.sign(&digest), key: known }
    };
    (0..count).map(claim).collect()
}

/// A batch is accepted if recovery gives the claimed key for each of it, and only then.
fn check(claims: &[Claim]) -> bool {
    let is_recovered =
        |claim: &Claim| recover(&claim.digest, &claim.signature) == Ok(claim.key.key());
    let want = claims.iter().all(is_recovered);
    for lanes in [None, Lanes::find()] {
        assert_eq!(all_signed_by(claims, lanes).unwrap_or(false), want, "{lanes:?}");
    }
    want
}

#[test]
fn good_batches_of_all_sizes_are_accepted() {
    for (count, keys) in [(0, 1), (1, 1), (2, 1), (3, 2), (64, 64), (100, 3), (700, 700)] {
        assert!(check(&claims(count, keys)), "{count} of {keys}");
    }
}

#[test]
fn the_same_again_is_accepted() {
    let one = claims(1, 1)[0];
    for count in 2..40 {
        assert!(check(&vec![one; count]), "{count} times");
    }
}

/// One claim of a batch is spoilt, here or there; whether that makes it bad is for recovery to say.
fn check_spoilt(spoil: impl Fn(&mut Claim, &Claim)) -> bool {
    let good = claims(24, 24);
    [0, 11, 23].into_iter().any(|at| {
        let mut spoilt = good.clone();
        spoil(&mut spoilt[at], &good[(at + 1) % 24]);
        check(&spoilt)
    })
}

#[test]
fn one_spoilt_claim_spoils_a_batch() {
    for bit in 0..8 {
        for byte in [0, 1, 15, 31] {
            assert!(!check_spoilt(|claim, _| claim.digest[byte] ^= 1 << bit));
        }
        for byte in 0..65 {
            // 31 to 34 are other words for 27 to 30; 27 to 30 for 31 to 34.
            let is_other_word = byte == 0 && bit == 2;
            let is_good = check_spoilt(|claim, _| claim.signature.0[byte] ^= 1 << bit);
            assert!(!is_good || is_other_word, "bit {bit} of byte {byte}");
        }
    }
    assert!(!check_spoilt(|claim, other| claim.key = other.key));
    assert!(!check_spoilt(|claim, other| claim.digest = other.digest));
    assert!(!check_spoilt(|claim, other| claim.signature = other.signature));
    for byte in [0, 26, 35, 255] {
        assert!(!check_spoilt(|claim, _| claim.signature.0[0] = byte));
    }
    for half in [1..33, 33..65] {
        for byte in [0, 1, 0x7f, 0xff] {
            assert!(!check_spoilt(|claim, _| claim.signature.0[half.clone()].fill(byte)));
        }
    }
}

#[test]
fn the_other_word_for_a_first_byte_is_accepted() {
    assert!(check_spoilt(|claim, _| claim.signature.0[0] -= 4));
}

/// n − s with the other y is a signature of the same key, if it is canonical.
#[test]
fn the_other_signature_of_a_key_is_what_recovery_says() {
    check_spoilt(|claim, _| {
        let s = Scalar::from_repr((*half(&claim.signature.0, 33)).into()).unwrap();
        claim.signature.0[33..].copy_from_slice(&curve::scalar_bytes(&-s));
        claim.signature.0[0] ^= 1;
    });
}

/// Two wrongs that add up to nothing without random factors: a signature of each of two digests by
/// the other's key cannot be told from the right ones by a plain sum.
#[test]
fn wrongs_do_not_add_up() {
    let good = claims(8, 8);
    let mut swapped = good.clone();
    (swapped[2].key, swapped[5].key) = (good[5].key, good[2].key);
    assert!(!check(&swapped));
    let mut swapped = good.clone();
    (swapped[2].digest, swapped[5].digest) = (good[5].digest, good[2].digest);
    assert!(!check(&swapped));
}

/// Points that meet themselves and their opposites, which sums must not stumble over.
#[test]
fn claims_with_the_same_points_are_what_recovery_says() {
    let one = claims(2, 2);
    let mut opposite = one[0];
    opposite.signature.0[0] ^= 1;
    assert!(!check(&[one[0], opposite]));
    assert!(!check(&[opposite, opposite, opposite, opposite]));
    assert!(!check(&[one[0], one[0], opposite, opposite, one[1]]));
}

#[test]
fn bytes_that_are_no_point_are_no_known_key() {
    let good = PrivateKey::from_seed("key").public_key();
    let spoilt = |spoil: &dyn Fn(&mut [u8; 33])| {
        let mut bytes = good.0;
        spoil(&mut bytes);
        KnownKey::new(PublicKey(bytes)).is_none()
    };
    assert!(!spoilt(&|_| {}));
    assert!(spoilt(&|bytes| bytes[0] = 4));
    assert!(spoilt(&|bytes| bytes[0] = 0));
    assert!(spoilt(&|bytes| bytes.fill(0)));
    assert!(spoilt(&|bytes| bytes[1..].fill(0xff)));
    assert!(spoilt(&|bytes| bytes[1..].copy_from_slice(&{
        let mut five = [0; 32];
        five[31] = 5;
        five
    })));
}

/// What is shown is true, and a few wrongs leave most of the others shown.
#[test]
fn a_few_wrongs_leave_the_others_shown() {
    for wrongs in [0, 1, 2, 5, 100] {
        let mut claims = claims(500, 50);
        let keys: Vec<KnownKey> = claims.iter().map(|claim| claim.key).collect();
        for wrong in 0..wrongs {
            claims[wrong * 97 % 500].key = keys[wrong * 97 % 500 + 1 - wrong % 2 * 2];
        }
        let shown = shown(&claims);
        for (claim, shown) in claims.iter().zip(&shown) {
            assert!(!shown || recover(&claim.digest, &claim.signature) == Ok(claim.key.key()));
        }
        let count = shown.iter().filter(|shown| **shown).count();
        let is_enough = match wrongs {
            0 => count == 500,
            1 => count > 350,
            2 => count > 100,
            _ => true,
        };
        assert!(is_enough, "{count} with {wrongs} wrongs");
    }
}

/// Signatures that are spoilt in random places, each asked alone, or none.
/// `CARBYNE_SIGNATURES` says how many.
#[test]
fn what_is_spoilt_by_chance_is_what_recovery_says() {
    let count = std::env::var("CARBYNE_SIGNATURES").ok().and_then(|text| text.parse().ok());
    let (good, mut accepted) = (claims(64, 64), 0);
    let count = count.unwrap_or(1_000_usize);
    for number in 0..count {
        let mut claim = good[number % good.len()];
        let chance = digest(number);
        // In half of them, bits anywhere; in some of these s becomes its opposite or r is copied.
        for place in chance[2..2 + usize::from(chance[0] % 4)].iter().filter(|_| chance[1] < 128) {
            claim.signature.0[usize::from(*place) % 65] ^= 1 << (place % 8);
        }
        if chance[1] < 16 {
            let s = curve::scalar_reduced(half(&claim.signature.0, 33));
            claim.signature.0[33..].copy_from_slice(&curve::scalar_bytes(&-s));
            claim.signature.0[0] ^= 1;
        }
        if chance[31] == 0 {
            claim.signature.0.copy_within(1..33, 33);
        }
        let want = recover(&claim.digest, &claim.signature) == Ok(claim.key.key());
        let got = all_signed_by(&[claim], Lanes::find()).unwrap_or(false);
        assert_eq!(got, want, "{number}: {claim:?}");
        accepted += usize::from(want);
    }
    assert!(accepted > count / 3 && accepted < count * 4 / 5, "{accepted} of {count}");
}
