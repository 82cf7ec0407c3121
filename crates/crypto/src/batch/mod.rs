//! Many signatures checked at once against the keys that are expected: one equation on the curve
//! instead of a recovery each.
//!
//! A signature (r, s) of the number z and its first byte name the point R whose x is r. The key
//! that recovery gives is the only point Q with s·R = z·G + r·Q, for every one of these numbers
//! has an inverse. So whether recovery would give an expected Q is asked by
//!
//! ```text
//! R − (z/s)·G − (r/s)·Q = 0
//! ```
//!
//! and whether that holds for all of a batch by the sum of these left sides, each times a random
//! number a of 127 bits that who made the signatures cannot know:
//!
//! ```text
//! Σ aR − (Σ a·z/s)·G − Σ (a·r/s)·Q = 0
//! ```
//!
//! If one of them is not zero, its factor makes the sum zero with a chance of 1 in 2^127. A sum of
//! many multiples costs a third of the recoveries or less (`sum`), and a tenth where the processor
//! has `lanes`. All of it is public, so nothing here takes the same time whatever the numbers are.
//! The arithmetic of the field and of the numbers below the order is k256's, but for the field in
//! lanes.
//!
//! Invariant: what is accepted here is what [`recover`] gives, for every input: form and range of
//! a signature are asked in the same words first. What is not accepted says nothing: it is for
//! [`recover`] to say what is wrong with which.
//!
//! [`recover`]: crate::recover

mod affine;
mod halves;
#[cfg_attr(not(target_arch = "x86_64"), path = "no_lanes.rs")]
mod lanes;
mod sum;
mod term;

use crate::curve::{self, Scalar};
use crate::{PublicKey, Signature};
use affine::Affine;
use lanes::Lanes;
use std::collections::BTreeMap;
use std::ops::Range;
use term::Term;

/// A key with its place on the curve, which costs a root to find.
#[derive(Clone, Copy, Debug)]
pub struct KnownKey {
    key: PublicKey,
    y: [u8; 32],
}

impl KnownKey {
    /// The key, if its bytes are a point of the curve.
    pub fn new(key: PublicKey) -> Option<Self> {
        Some(Self { key, y: Affine::from_compressed(&key.0)?.y_bytes() })
    }

    /// Its bytes.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    fn point(&self) -> Option<Affine> {
        Affine::at(self.key.0.last_chunk()?, &self.y)
    }
}

/// A signature of a digest, and the key that is expected to have made it.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// What was signed.
    pub digest: [u8; 32],
    /// The signature.
    pub signature: Signature,
    /// Whose it should be.
    pub key: KnownKey,
}

/// What a claim says, in points and numbers.
struct Equation {
    /// R.
    ephemeral: Affine,
    r: Scalar,
    s: Scalar,
    z: Scalar,
    name: PublicKey,
    key: Affine,
}

/// The x of the point that a signature names, and whether its y is odd; none where recovery gives
/// no key: the same questions as there.
fn named(Signature(bytes): &Signature) -> Option<(&[u8; 32], bool)> {
    let recovery = bytes[0].checked_sub(27).filter(|byte| *byte < 8)?;
    // The second bit says that x is r and the order, which is above the prime for canonical r.
    let is_named = Signature(*bytes).is_canonical() && recovery & 2 == 0;
    is_named.then(|| (half(bytes, 1), recovery & 1 == 1))
}

impl Equation {
    /// Those of all claims; none if there is no point or no number for one of them.
    fn all(claims: &[Claim], lanes: Option<Lanes>) -> Option<Vec<Self>> {
        let named: Option<Vec<_>> = claims.iter().map(|claim| named(&claim.signature)).collect();
        let points = Affine::with_all_x(&named?, lanes)?;
        claims.iter().zip(points).map(|(claim, point)| Self::of(claim, point)).collect()
    }

    fn of(claim: &Claim, ephemeral: Affine) -> Option<Self> {
        let Signature(bytes) = &claim.signature;
        Some(Self {
            ephemeral,
            r: curve::nonzero_scalar(half(bytes, 1))?,
            s: curve::nonzero_scalar(half(bytes, 33))?,
            z: curve::scalar_reduced(&claim.digest),
            name: claim.key.key,
            key: claim.key.point()?,
        })
    }
}

fn half(bytes: &[u8; 65], start: usize) -> &[u8; 32] {
    bytes[start..].first_chunk().expect("a signature has two numbers of 32 bytes")
}

/// Whether recovery would give each of these signatures' digests the key that is claimed. False
/// also when the system gives no random numbers.
pub fn all_signed(claims: &[Claim]) -> bool {
    all_signed_by(claims, Lanes::find()).unwrap_or(false)
}

/// The same with what the processor has.
fn all_signed_by(claims: &[Claim], lanes: Option<Lanes>) -> Option<bool> {
    let equations = Equation::all(claims, lanes)?;
    let mut random = vec![0; claims.len() * RANDOM_BYTES];
    getrandom::fill(&mut random).ok()?;
    let terms = terms(&equations, &random)?;
    Some(lanes.map_or_else(|| sum::is_zero(&terms), |lanes| lanes.is_zero(&terms)))
}

/// Claims below which a recovery each costs no more.
const FEW: usize = 64;

/// Of each of the claims, whether it is shown that recovery gives the claimed key. What is not
/// shown may be good all the same.
///
/// A claim that is wrong spoils the batch it is in: its halves are asked then, and theirs. In all,
/// no more than one and a half times the number of claims is asked again, so whoever spoils batches
/// makes them cost about twice what recoveries alone would.
pub fn shown(claims: &[Claim]) -> Vec<bool> {
    let mut search =
        Search { claims, shown: vec![false; claims.len()], again: claims.len() / 2 * 3 };
    let all = 0..claims.len();
    if all.len() >= FEW && !search.ask(&all) {
        search.halve(all);
    }
    search.shown
}

/// The search for what is good of a batch that is spoilt.
struct Search<'a> {
    claims: &'a [Claim],
    shown: Vec<bool>,
    /// How many claims may still be asked again.
    again: usize,
}

impl Search<'_> {
    /// Whether all of a part is good.
    fn ask(&mut self, part: &Range<usize>) -> bool {
        let is_good = all_signed(&self.claims[part.clone()]);
        self.shown[part.clone()].fill(is_good);
        is_good
    }

    /// The same of a part of a spoilt one; none if that is not worth it.
    fn ask_again(&mut self, part: &Range<usize>) -> Option<bool> {
        self.again = self.again.checked_sub(part.len())?;
        Some(self.ask(part))
    }

    /// Looks for what is good of a part that is not all good.
    fn halve(&mut self, part: Range<usize>) {
        let middle = part.start.midpoint(part.end);
        let (left, right) = (part.start..middle, middle..part.end);
        if left.len() < FEW {
            return;
        }
        match self.ask_again(&left) {
            // Then it is the other half that is not.
            Some(true) => self.halve(right),
            Some(false) => {
                if self.ask_again(&right) == Some(false) {
                    self.halve(right);
                }
                self.halve(left);
            }
            None => {}
        }
    }
}

/// Bytes of a random factor.
const RANDOM_BYTES: usize = 16;

/// The terms of the sum, of which none has a long factor.
fn terms(equations: &[Equation], random: &[u8]) -> Option<Vec<Term>> {
    let inverses = inverses(equations);
    let mut terms = Vec::with_capacity(equations.len() * 3 + 2);
    let mut of_generator = Scalar::ZERO;
    // Whoever signed several times is multiplied once.
    let mut of_keys: BTreeMap<[u8; 33], (Affine, Scalar)> = BTreeMap::new();
    let factors = random.as_chunks::<RANDOM_BYTES>().0.iter();
    let factors = factors.map(|bytes| u128::from_le_bytes(*bytes) >> 1);
    for ((one, inverse), factor) in equations.iter().zip(inverses).zip(factors) {
        let shared = Scalar::from(factor) * inverse;
        of_generator += shared * one.z;
        terms.push(Term::new(one.ephemeral, factor)?);
        let (_, of_key) = of_keys.entry(one.name.0).or_insert((one.key, Scalar::ZERO));
        *of_key += shared * one.r;
    }
    for (key, of) in of_keys.values() {
        terms.extend(halves::terms(key.negated(), of)?);
    }
    terms.extend(halves::terms(Affine::generator().negated(), &of_generator)?);
    Some(terms)
}

/// 1/s of each, with one division: none of them is zero.
fn inverses(equations: &[Equation]) -> Vec<Scalar> {
    let mut products = Vec::with_capacity(equations.len());
    let mut product = Scalar::ONE;
    for one in equations {
        products.push(product);
        product *= one.s;
    }
    let mut rest = curve::inverse(&product).unwrap_or_default();
    for (one, before) in equations.iter().zip(&mut products).rev() {
        *before *= rest;
        rest *= one.s;
    }
    products
}

#[cfg(test)]
mod tests;
