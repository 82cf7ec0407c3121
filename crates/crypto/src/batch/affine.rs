//! Points of the curve y² = x³ + 7 by their coordinates, and their sums without regard to how long
//! they take.
//!
//! Invariant: coordinates are kept in their one normal form, so that equal points are equal. Never
//! knows what a point stands for.

use super::lanes::Lanes;
use crate::curve::Point;
use k256::FieldElement;
use k256::elliptic_curve::sec1::ToEncodedPoint;
use std::sync::LazyLock;

/// A number in limbs of 52 bits, least significant first.
pub(super) type Limbs = [u64; 5];

/// The limbs of a big-endian number.
pub(super) fn limbs(bytes: &[u8; 32]) -> Limbs {
    const LIMB: u64 = (1 << 52) - 1;
    let [a, b, c, d] = words(bytes);
    [
        a & LIMB,
        (a >> 52 | b << 12) & LIMB,
        (b >> 40 | c << 24) & LIMB,
        (c >> 28 | d << 36) & LIMB,
        d >> 16,
    ]
}

/// The big-endian bytes of a number below 2^256.
pub(super) fn bytes([a, b, c, d, e]: &Limbs) -> [u8; 32] {
    let words = [d >> 36 | e << 16, c >> 24 | d << 28, b >> 12 | c << 40, a | b << 52];
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

/// A big-endian number as words, the least significant first.
pub(super) fn words(bytes: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().rev().zip(bytes.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    words
}

/// A point that is not the one at infinity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine {
    x: FieldElement,
    y: FieldElement,
}

static GENERATOR: LazyLock<Affine> = LazyLock::new(|| {
    let encoded = Point::GENERATOR.to_affine().to_encoded_point(true);
    let bytes = encoded.as_bytes().try_into().expect("33 bytes");
    Affine::from_compressed(bytes).expect("the generator is on the curve")
});

fn is_zero(number: &FieldElement) -> bool {
    number.normalizes_to_zero().into()
}

/// `left − right`, of numbers in normal form.
fn minus(left: &FieldElement, right: &FieldElement) -> FieldElement {
    *left + right.negate(1)
}

impl Affine {
    pub(super) fn generator() -> Self {
        *GENERATOR
    }

    /// The point with these coordinates, big-endian, which are those of a point.
    pub(super) fn at(x: &[u8; 32], y: &[u8; 32]) -> Option<Self> {
        let number = |bytes: &[u8; 32]| FieldElement::from_bytes(&(*bytes).into());
        Some(Self { x: Option::from(number(x))?, y: Option::from(number(y))? })
    }

    pub(super) fn y_bytes(&self) -> [u8; 32] {
        self.y.to_bytes().into()
    }

    /// The point with that x, big-endian and below the prime, and an odd or even y.
    pub(super) fn with_x(x: &[u8; 32], is_odd: bool) -> Option<Self> {
        let x: FieldElement = Option::from(FieldElement::from_bytes(&(*x).into()))?;
        let seven = FieldElement::from_u64(7);
        let square = (x.square() * x + seven).normalize();
        let root: FieldElement = Option::from(square.sqrt())?;
        let root = root.normalize();
        let y = if bool::from(root.is_odd()) == is_odd { root } else { root.negate(1).normalize() };
        Some(Self { x, y })
    }

    /// The points with these x, as in `with_x`; none if one of them is not there.
    pub(super) fn with_all_x(of: &[(&[u8; 32], bool)], lanes: Option<Lanes>) -> Option<Vec<Self>> {
        let Some(lanes) = lanes else {
            return of.iter().map(|(x, is_odd)| Self::with_x(x, *is_odd)).collect();
        };
        let xs: Vec<(Limbs, bool)> = of.iter().map(|(x, is_odd)| (limbs(x), *is_odd)).collect();
        let heights = lanes.heights(&xs).into_iter();
        of.iter().zip(heights).map(|((x, _), y)| Self::at(x, &bytes(&y?))).collect()
    }

    /// The point of 2 or 3, then x.
    pub(super) fn from_compressed(bytes: &[u8; 33]) -> Option<Self> {
        let [first @ (2 | 3), x @ ..] = bytes else { return None };
        Self::with_x(x, *first == 3)
    }

    /// The limbs of its x and its y.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn limbs(&self) -> [Limbs; 2] {
        [&self.x, &self.y].map(|number| limbs(&number.to_bytes().into()))
    }

    #[cfg(test)]
    pub(super) fn x_bytes(&self) -> [u8; 32] {
        self.x.to_bytes().into()
    }

    /// The point with the same y, whose x is a product with a root of 1.
    pub(super) fn with_x_times(&self, root: &FieldElement) -> Self {
        Self { x: (self.x * root).normalize(), y: self.y }
    }

    pub(super) fn negated(&self) -> Self {
        Self { x: self.x, y: self.y.negate(1).normalize() }
    }

    /// How this and another point are added.
    pub(super) fn slope_to(&self, other: &Self) -> Slope {
        let run = minus(&other.x, &self.x);
        if !is_zero(&run) {
            return Slope::Chord(run);
        }
        // No point of this curve has y = 0: its order is odd.
        match is_zero(&minus(&other.y, &self.y)) {
            true => Slope::Tangent(self.y.double()),
            false => Slope::Vertical,
        }
    }

    /// The sum with another point, given 1 divided by the slope's run.
    pub(super) fn plus(&self, other: &Self, slope: &Slope, inverse: &FieldElement) -> Option<Self> {
        let rise = match slope {
            Slope::Chord(_) => minus(&other.y, &self.y),
            Slope::Tangent(_) => self.x.square().mul_single(3),
            Slope::Vertical => return None,
        };
        let slope = rise * inverse;
        let x = (slope.square() + self.x.negate(1) + other.x.negate(1)).normalize();
        let y = (slope * minus(&self.x, &x) + self.y.negate(1)).normalize();
        Some(Self { x, y })
    }
}

/// How two points are added: what the rise is to be divided by.
pub(super) enum Slope {
    /// Two points with another x: the difference.
    Chord(FieldElement),
    /// A point and itself: twice its y.
    Tangent(FieldElement),
    /// A point and its opposite: the sum is the point at infinity.
    Vertical,
}

impl Slope {
    /// What the rise is to be divided by; none if there is no sum to be found.
    pub(super) fn run(&self) -> Option<&FieldElement> {
        match self {
            Self::Chord(run) | Self::Tangent(run) => Some(run),
            Self::Vertical => None,
        }
    }
}

/// A point whose coordinates wait for a division: x/z² and y/z³.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jacobian {
    x: FieldElement,
    y: FieldElement,
    z: FieldElement,
}

impl Jacobian {
    pub(super) const INFINITY: Self =
        Self { x: FieldElement::ONE, y: FieldElement::ONE, z: FieldElement::ZERO };

    pub(super) fn is_infinity(&self) -> bool {
        is_zero(&self.z)
    }

    pub(super) fn doubled(&self) -> Self {
        let (a, b) = (self.x.square(), self.y.square());
        let c = b.square();
        let d = ((self.x + b).square() + a.negate(1) + c.negate(1)).double().normalize_weak();
        let e = a.mul_single(3);
        let x = (e.square() + d.double().negate(2)).normalize_weak();
        let y = e * (d + x.negate(1)).normalize_weak() + c.mul_single(8).negate(8);
        let z = (self.y * self.z).double();
        Self { x, y: y.normalize_weak(), z: z.normalize_weak() }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        if self.is_infinity() {
            return *other;
        }
        if other.is_infinity() {
            return *self;
        }
        let (own, others) = (self.z.square(), other.z.square());
        let u = [self.x * others, other.x * own];
        let s = [self.y * others * other.z, other.y * own * self.z];
        self.meet(u, s, self.z * other.z)
    }

    pub(super) fn plus_affine(&self, other: &Affine) -> Self {
        if self.is_infinity() {
            return Self { x: other.x, y: other.y, z: FieldElement::ONE };
        }
        let own = self.z.square();
        self.meet([self.x, other.x * own], [self.y, other.y * own * self.z], self.z)
    }

    /// The sum of two points whose x and y are made comparable, this one's first, over the product
    /// of their z.
    fn meet(&self, u: [FieldElement; 2], s: [FieldElement; 2], z: FieldElement) -> Self {
        let h = (u[1] + u[0].negate(1)).normalize_weak();
        let r = (s[1] + s[0].negate(1)).normalize_weak();
        if is_zero(&h) {
            return if is_zero(&r) { self.doubled() } else { Self::INFINITY };
        }
        let h2 = h.square();
        let (h3, v) = (h2 * h, u[0] * h2);
        let x = (r.square() + h3.negate(1) + v.double().negate(2)).normalize_weak();
        let y = r * (v + x.negate(1)).normalize_weak() + (s[0] * h3).negate(1);
        Self { x, y: y.normalize_weak(), z: z * h }
    }
}
