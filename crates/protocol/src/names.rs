//! Account names: which are well-formed, and which are cheap to register (reference:
//! `protocol/account.cpp`).
//!
//! Invariant: decides on bytes alone; never knows which names are taken.

use crate::constants::{MAX_ACCOUNT_NAME_LENGTH, MIN_ACCOUNT_NAME_LENGTH};
use carbyne_wire::Text;

/// Whether an account may have that name: labels joined by dots, each of lower-case letters, digits
/// and dashes, beginning with a letter and not ending with a dash.
pub fn is_valid_name(name: &Text) -> bool {
    let bytes = name.as_bytes();
    (MIN_ACCOUNT_NAME_LENGTH..=MAX_ACCOUNT_NAME_LENGTH).contains(&bytes.len())
        && bytes.split(|byte| *byte == b'.').all(is_valid_label)
}

fn is_valid_label(label: &[u8]) -> bool {
    let may_end = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let may_stand = |byte: &u8| may_end(byte) || *byte == b'-';
    label.first().is_some_and(u8::is_ascii_lowercase)
        && label.last().is_some_and(may_end)
        && label.iter().all(may_stand)
}

/// Whether a name pays the basic fee: it has a digit, a dot, a dash or a slash, or no vowel.
pub fn is_cheap_name(name: &Text) -> bool {
    let bytes = name.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_digit() || b".-/".contains(byte);
    bytes.iter().any(is_plain) || !bytes.iter().any(|byte| b"aeiouy".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(decide: fn(&Text) -> bool, yes: &[&str], no: &[&str]) {
        for (names, wanted) in [(yes, true), (no, false)] {
            for name in names {
                assert_eq!(decide(&Text::from(*name)), wanted, "{name:?}");
            }
        }
    }

    #[test]
    fn labels_begin_with_a_letter_and_do_not_end_with_a_dash() {
        let long = "a".repeat(63);
        check(
            is_valid_name,
            &["a", "a.b", "a1", "a-1", "a--b", "init0.x-1", &long],
            &["", "A", "1", "a.", ".a", "a..b", "-a", "a-", "a.1", "a_b", "a b", "ä", "a.b-"],
        );
        check(is_valid_name, &[], &["a".repeat(64).as_str()]);
    }

    #[test]
    fn names_without_vowels_or_with_digits_and_signs_are_cheap() {
        check(is_cheap_name, &["", "bcd", "bob1", "bo-b", "b.ob", "xx/a"], &["bob", "sky", "ann"]);
    }
}
