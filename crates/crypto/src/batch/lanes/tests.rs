//! What lanes calculate, beside k256.

use super::field::{Field8, LANES, Products};
use super::point::Point8;
use super::roots;
use crate::batch::affine::{Affine, Limbs, bytes, limbs};
use crate::curve::{self, Point, Scalar};
use crate::hash::sha256;
use k256::FieldElement;

/// Runs what needs the instructions, on a processor that has them.
macro_rules! on_lanes {
    ($function:path) => {
        if super::Lanes::find().is_some() {
            // SAFETY: the processor has the features, as was just seen.
            #[allow(unsafe_code)]
            unsafe {
                $function()
            }
        }
    };
}

const PRIME: &str = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";

/// The edges of numbers, of the prime and of limbs, and many others; all below 2^256.
fn numbers() -> Vec<[u8; 32]> {
    let prime: [u8; 32] = hex::decode(PRIME).unwrap().try_into().unwrap();
    let mut numbers = vec![[0; 32], [0xff; 32], prime];
    for (low, last) in [(0x2e, 0xfc), (0x30, 0xfc), (0xff, 0xff)] {
        let mut near = prime;
        (near[31], near[30]) = (low, last);
        numbers.push(near);
    }
    for limb in 0..5 {
        for value in [1, (1 << 48) - 1] {
            numbers.push(bytes(&std::array::from_fn(|at| if at == limb { value } else { 0 })));
            let ones = |at| if at == 4 { (1 << 48) - 1 } else { (1 << 52) - 1 };
            numbers.push(bytes(&std::array::from_fn(|at| ones(at) ^ u64::from(at == limb))));
        }
    }
    numbers.extend((0..200_u32).map(|n| sha256(&n.to_le_bytes())));
    numbers
}

/// Modulo the prime.
fn element(number: &[u8; 32]) -> FieldElement {
    let below =
        |bytes: &[u8; 32]| Option::<FieldElement>::from(FieldElement::from_bytes(&(*bytes).into()));
    below(number).unwrap_or_else(|| {
        // A number that is not below the prime is less than 2^33 above it, and the prime is zero.
        let [a, b, ..] = limbs(number);
        let above = (u128::from(a) + (u128::from(b) << 52) + 0x1_0000_03d1) & ((1 << 104) - 1);
        FieldElement::from_u64(u64::try_from(above).expect("less than 2^33"))
    })
}

fn limbs_of(element: &FieldElement) -> Limbs {
    limbs(&element.normalize().to_bytes().into())
}

#[target_feature(enable = "avx512f,avx512ifma,avx512dq")]
fn assert_are(lanes: &Field8, want: [FieldElement; LANES]) {
    assert_eq!(lanes.canonical().numbers(), want.map(|want| limbs_of(&want)));
}

#[target_feature(enable = "avx512f,avx512ifma,avx512dq")]
fn field() {
    let numbers = numbers();
    for right in &numbers {
        for eight in numbers.chunks_exact(LANES).chain(numbers.rchunks_exact(LANES).take(1)) {
            let eight: [[u8; 32]; LANES] = eight.try_into().unwrap();
            let (a, b) = (Field8::of(&eight.map(|one| limbs(&one))), Field8::same(&limbs(right)));
            let (x, y) = (eight.map(|one| element(&one)), element(right));
            assert_are(&a, x);
            assert_are(&a.times(&b), x.map(|x| x * y));
            assert_are(&a.squared(), x.map(|x| x.square()));
            assert_are(&a.plus(&b).slim(), x.map(|x| x + y));
            assert_are(&a.minus(&b).slim(), x.map(|x| x + y.negate(1)));
            assert_are(&a.scaled(21), x.map(|x| x.mul_single(21)));
            // The largest that a sum of points multiplies.
            let (three, less) = (b.plus(&b).plus(&b), a.minus(&b));
            let want = x.map(|x| {
                let (three, less) = (y.mul_single(3).normalize(), (x + y.negate(1)).normalize());
                three * three + three * less
            });
            assert_are(&Products::of(&three, &three).and(&three, &less).reduced(), want);
            assert_are(
                &Products::of(&three, &less).plus(&a).reduced(),
                x.map(|x| y.mul_single(3).normalize() * (x + y.negate(1)).normalize() + x),
            );
        }
    }
}

#[test]
fn numbers_are_those_of_k256() {
    on_lanes!(field);
}

/// Multiples of the generator, 0 for the point at infinity.
const MULTIPLES: [i32; LANES] = [0, 1, -1, 2, -2, 3, 7, -7];

fn multiple(of: i32) -> Point {
    let times = curve::times_generator(&Scalar::from(of.unsigned_abs()));
    if of < 0 { -times } else { times }
}

fn affine(of: i32) -> Affine {
    let bytes = curve::point_bytes(&multiple(of)).expect("not at infinity");
    Affine::from_compressed(&bytes).expect("a point")
}

/// Each lane has the multiple, over coordinates that are not divided by one.
#[target_feature(enable = "avx512f,avx512ifma,avx512dq")]
fn lanes_of(multiples: [i32; LANES]) -> Point8 {
    // One after the other, so that Z is not 1.
    let mut points = Point8::infinity();
    for (step, sign) in (0..16).flat_map(|step| [(step, 1), (step, -1)]) {
        let adds = multiples.map(|of| of * sign > step);
        let [x, y] = affine(sign).limbs().map(|limbs| Field8::same(&limbs));
        let sum = points.plus_affine(&x, &y);
        let mut rows = points.rows();
        for ((row, sum), adds) in rows.iter_mut().zip(sum.rows()).zip(adds) {
            if adds {
                *row = sum;
            }
        }
        points = Point8::gathered(&rows);
    }
    points
}

/// Whether each lane of the left is that multiple: the difference is at infinity.
#[target_feature(enable = "avx512f,avx512ifma,avx512dq")]
fn assert_points(points: &Point8, want: [i32; LANES]) {
    let opposite = lanes_of(want.map(|of| -of));
    assert_eq!(points.plus(&opposite).infinities(), 0xff, "{want:?}");
    // And nothing else is.
    let next = lanes_of(want.map(|of| 1 - of));
    assert_eq!(points.plus(&next).infinities(), 0, "{want:?}");
}

#[target_feature(enable = "avx512f,avx512ifma,avx512dq")]
fn points() {
    let left = lanes_of(MULTIPLES);
    assert_eq!(left.infinities(), 1);
    for turn in 0..LANES {
        let others: [i32; LANES] = std::array::from_fn(|lane| MULTIPLES[(lane + turn) % LANES]);
        let sums = std::array::from_fn(|lane| MULTIPLES[lane] + others[lane]);
        assert_points(&left.plus(&lanes_of(others)), sums);
    }
    for one in [1, -1, 2, -2, 3] {
        let [x, y] = affine(one).limbs().map(|limbs| Field8::same(&limbs));
        assert_points(&left.plus_affine(&x, &y), MULTIPLES.map(|of| of + one));
    }
    let small = [0, 1, -1, 2, -2, 3, -3, 1];
    assert_points(&lanes_of(small).doubled(1), small.map(|of| of * 2));
    let turned = std::array::from_fn(|lane| MULTIPLES[(lane + 3) % LANES]);
    assert_points(&left.lanes_from::<3>(), turned);
}

#[test]
fn sums_of_points_are_right_for_every_two() {
    on_lanes!(points);
}

#[target_feature(enable = "avx512f,avx512ifma,avx512dq")]
fn heights() {
    let below =
        |number: &[u8; 32]| bool::from(FieldElement::from_bytes(&(*number).into()).is_some());
    let numbers: Vec<[u8; 32]> = numbers().into_iter().filter(below).collect();
    let mut without = 0;
    for part in numbers.chunks_exact(roots::AT_ONCE) {
        let part: &[[u8; 32]; roots::AT_ONCE] = part.try_into().unwrap();
        for odd in [0, 1] {
            let is_odd = |at: usize| at % 3 == odd;
            let of = std::array::from_fn(|at| (limbs(&part[at]), is_odd(at)));
            for (at, (x, found)) in part.iter().zip(roots::heights(&of)).enumerate() {
                let want = Affine::with_x(x, is_odd(at)).map(|point| point.limbs()[1]);
                assert_eq!(found, want, "{x:?}");
                without += usize::from(want.is_none());
            }
        }
    }
    assert!(without > 50, "half of all numbers are no x of a point");
}

#[test]
fn points_are_found_by_their_x() {
    on_lanes!(heights);
}
