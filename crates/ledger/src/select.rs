//! The element that sorting would put at a place, found as the C++ library's `nth_element` does.
//!
//! Prices that are equal may be written differently (1/2 and 2/4), and which of them a median is
//! can be seen in the state. So the steps are those of the library the chain has always run with:
//! partition around the median of three while more than three elements are left, then an insertion
//! sort.

use std::cmp::Ordering;

/// Reorders `items` so that the one at `place` is the one sorting would put there.
pub(crate) fn select_nth<T>(items: &mut [T], place: usize, order: impl Fn(&T, &T) -> Ordering) {
    let (mut first, mut last) = (0, items.len());
    if place >= last {
        return;
    }
    let mut rounds = last.ilog2().saturating_mul(2);
    // The library gives up partitioning after that many rounds; sorting then yields an equal
    // element.
    while last.saturating_sub(first) > 3 && rounds > 0 {
        rounds = rounds.saturating_sub(1);
        let cut = partition(items, first, last, &order);
        if cut <= place {
            first = cut;
        } else {
            last = cut;
        }
    }
    if let Some(rest) = items.get_mut(first..last) {
        rest.sort_by(order);
    }
}

/// Moves the median of three to `first`, then smaller elements before larger ones; returns where
/// the larger begin.
fn partition<T>(
    items: &mut [T],
    first: usize,
    last: usize,
    order: &impl Fn(&T, &T) -> Ordering,
) -> usize {
    let middle = first.midpoint(last);
    let second = next(first);
    let median = median_of(items, [second, middle, previous(last)], order);
    items.swap(first, median);
    let (mut left, mut right) = (second, last);
    loop {
        while is_less(items, left, first, order) {
            left = next(left);
        }
        right = previous(right);
        while is_less(items, first, right, order) {
            right = previous(right);
        }
        if left >= right {
            return left;
        }
        items.swap(left, right);
        left = next(left);
    }
}

fn next(place: usize) -> usize {
    place.saturating_add(1)
}

fn previous(place: usize) -> usize {
    place.saturating_sub(1)
}

fn median_of<T>(items: &[T], [a, b, c]: [usize; 3], order: &impl Fn(&T, &T) -> Ordering) -> usize {
    let less = |left, right| is_less(items, left, right, order);
    match (less(a, b), less(a, c), less(b, c)) {
        (true, _, true) => b,
        (true, true, false) => c,
        (true, false, false) => a,
        (false, true, _) => a,
        (false, false, true) => c,
        (false, false, false) => b,
    }
}

fn is_less<T>(items: &[T], left: usize, right: usize, order: &impl Fn(&T, &T) -> Ordering) -> bool {
    match (items.get(left), items.get(right)) {
        (Some(left), Some(right)) => order(left, right).is_lt(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selects_what_sorting_would_put_there() {
        let mut seed = 1_u64;
        for len in 1..60_usize {
            let items: Vec<u64> = (0..len)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    seed >> 58
                })
                .collect();
            let mut sorted = items.clone();
            sorted.sort();
            for place in [0, len / 2, len - 1] {
                let mut selected = items.clone();
                select_nth(&mut selected, place, u64::cmp);
                assert_eq!(selected[place], sorted[place], "{items:?} at {place}");
            }
        }
    }

    #[test]
    fn leaves_the_elements_in_the_order_of_the_library() {
        // What libstdc++ makes of 'a', 'b', 'c' ... with the keys 7 i modulo 1 and modulo 3, at
        // place n / 2.
        let orders = [
            (1, "ab abc cdab cedab dfeacb fedgacb hfgeiadcb ktsrqponmlcedfbaghij"),
            (3, "ab abc adbc adebc adebcf dgaebfc agdhbfeci pajmgtksdnqlihofercb"),
        ];
        for (modulus, expected) in orders {
            for expected in expected.split(' ') {
                let len = expected.len();
                let mut items: Vec<_> =
                    (0..len).map(|i| (i * 7 % modulus, (b'a' + i as u8) as char)).collect();
                select_nth(&mut items, len / 2, |a, b| a.0.cmp(&b.0));
                let order: String = items.iter().map(|item| item.1).collect();
                assert_eq!(order, expected);
            }
        }
    }
}
