//! Text, short and long, against its bytes.

use carbyne_wire::{Pack, Tags, Text, unpack_exact};
use proptest::collection::vec;
use proptest::prelude::*;

/// Few distinct ones, so that many begin alike, and some longer than stay inside.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(0..2_u8, 0..20)
}

proptest! {
    #[test]
    fn a_text_is_its_bytes(a in bytes(), b in bytes()) {
        let (text, other) = (Text::from(a.clone()), Text::from(b.clone()));
        prop_assert_eq!(text.as_bytes(), a.as_slice());
        prop_assert_eq!((text.len(), text.is_empty()), (a.len(), a.is_empty()));
        prop_assert_eq!(text.cmp(&other), a.cmp(&b));
        prop_assert_eq!(text == other, a == b);
        prop_assert_eq!(&text.clone(), &text);
        let again: Text = unpack_exact(&text.to_bytes(), Tags::Reference).unwrap();
        prop_assert_eq!(again, text);
    }
}

#[test]
fn takes_sixteen_bytes() {
    assert_eq!(size_of::<Text>(), 16);
}
