//! Texts of keys and addresses that must be refused, and those oddly written that must not be.

use carbyne_crypto::{Address, KeyError, PrivateKey, PtsAddress, PublicKey};

fn check(change: impl Fn(&str) -> String, want: Result<(), KeyError>) {
    let key = PrivateKey::from_seed("somebody").public_key();
    let text = change(&key.to_text("BTS"));
    assert_eq!(PublicKey::from_text(&text, "BTS"), want.map(|()| key));
}

fn wrong_prefix() -> KeyError {
    KeyError::WrongPrefix { prefix: "BTS".to_owned() }
}

#[test]
fn refuses_a_key_of_another_chain() {
    check(|text| text.replace("BTS", "TEST"), Err(wrong_prefix()));
    check(|_| "BTS".to_owned(), Err(wrong_prefix()));
    check(|_| String::new(), Err(wrong_prefix()));
}

#[test]
fn refuses_letters_outside_base58() {
    check(|text| text.replace("BTS", "BTS0"), Err(KeyError::NotBase58));
    check(|text| format!("{text}é"), Err(KeyError::NotBase58));
}

#[test]
fn refuses_a_key_with_a_letter_changed() {
    let change = |text: &str| {
        let last = if text.ends_with('A') { "B" } else { "A" };
        text[..text.len() - 1].to_owned() + last
    };
    check(change, Err(KeyError::WrongChecksum));
}

#[test]
fn refuses_a_short_key_and_endless_text() {
    check(|_| "BTS5".to_owned(), Err(KeyError::WrongLength { wanted: 37, got: 1 }));
    let too_long = KeyError::TooLong { length: 1_000_000, max: 128 };
    check(|_| "BTS".to_owned() + &"z".repeat(1_000_000), Err(too_long));
}

#[test]
fn whitespace_around_a_key_does_not_count() {
    check(|text| text.replace("BTS", "BTS \t") + "\n", Ok(()));
}

#[test]
fn the_null_key_has_a_text() {
    let text = PublicKey::NULL.to_text("BTS");
    assert_eq!(PublicKey::from_text(&text, "BTS"), Ok(PublicKey::NULL));
    assert_eq!(text, "BTS1111111111111111111111111111111114T1Anm");
}

#[test]
fn keys_order_by_address() {
    let mut keys: Vec<PublicKey> = (0..50)
        .map(|number| PrivateKey::from_seed(&format!("key {number}")).public_key())
        .collect();
    keys.sort();
    assert!(keys.is_sorted_by_key(PublicKey::address));
    assert!(!keys.is_sorted_by_key(|key| key.0));
}

#[test]
fn refuses_spoilt_addresses() {
    let key = PrivateKey::from_seed("somebody").public_key();
    let text = key.address().to_text("BTS");
    assert_eq!(Address::from_text(&text[1..], "BTS"), Err(wrong_prefix()));
    let swapped = text.replace("BTS", "BTS1");
    let wrong_length = KeyError::WrongLength { wanted: 24, got: 25 };
    assert_eq!(Address::from_text(&swapped, "BTS"), Err(wrong_length));
    let mut pts = key.pts_address(false, 0).unwrap();
    pts.0[3] ^= 1;
    assert_eq!(PtsAddress::from_text(&pts.to_text()), Err(KeyError::WrongChecksum));
}

#[test]
fn bytes_off_the_curve_have_no_uncompressed_address_and_no_shared_secret() {
    let off_curve = PublicKey([5; 33]);
    assert_eq!(off_curve.pts_address(false, 56), Err(KeyError::NotAPoint));
    assert!(off_curve.pts_address(true, 56).is_ok());
    assert_eq!(PublicKey::NULL.pts_address(true, 56), Err(KeyError::Null));
    let private = PrivateKey::from_seed("somebody");
    assert_eq!(private.shared_secret(&off_curve), Err(KeyError::NotAPoint));
}

#[test]
fn refuses_secrets_that_are_none() {
    assert_eq!(PrivateKey::from_bytes([0; 32]), Err(KeyError::NotASecret));
    assert_eq!(PrivateKey::from_bytes([255; 32]), Err(KeyError::NotASecret));
    assert_eq!(PrivateKey::from_wif("5"), Err(KeyError::WrongLength { wanted: 37, got: 1 }));
}

#[test]
fn children_of_both_halves_belong_together() {
    let private = PrivateKey::from_seed("parent");
    let child = private.child(&[9; 32]).unwrap();
    assert_eq!(private.public_key().child(&[9; 32]).unwrap(), child.public_key());
}

#[test]
fn printing_a_private_key_does_not_show_the_secret() {
    let private = PrivateKey::from_seed("somebody");
    let shown = format!("{private:?}");
    assert!(!shown.contains(&hex::encode(private.to_bytes())));
    assert!(shown.contains(&hex::encode(private.public_key().0)));
}

#[test]
fn generated_keys_differ() {
    assert_ne!(PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
}
