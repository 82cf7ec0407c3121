//! Numbers, truth values, ids, votes, hexadecimal texts and keys in JSON: what the reference takes
//! them for, and with which code and words it refuses them.
//!
//! Numbers and truth values were given to the reference's `fc::variant` (`as_int64`, `as_uint64`,
//! `as_bool`, `as_string`; 30,000 random ones agreed); the others are what its sources say:
//! `protocol/object_id.hpp`, `protocol/vote.hpp` with `std::stoul`, `fc/variant.cpp`, `fc/hex.cpp`,
//! `protocol/types.cpp`, `protocol/address.cpp`.

use carbyne_crypto::{Address, PublicKey, Signature};
use carbyne_wire::{
    Bytes, Dialect, Digest, Hash160, Id, Json, JsonIn, ObjectId, Text, Value, VoteId, parse_json,
};
use proptest::prelude::*;
use serde_json::json;

/// What a text of JSON is read as, in the form in which the type is written, or the code and the
/// words of the refusal.
fn read<T: JsonIn>(text: &str) -> String {
    let value = parse_json(text.as_bytes()).expect("JSON");
    match T::from_json_in(&value, Dialect::REFERENCE) {
        Ok(value) => match value.to_json_in(Dialect::REFERENCE) {
            Value::String(text) => text,
            other => other.to_string(),
        },
        Err(error) => format!("{} {}", error.code(), error.message),
    }
}

fn check<T: JsonIn>(rows: &[(&str, &str)]) {
    for (text, wanted) in rows {
        assert_eq!(read::<T>(text), *wanted, "{text}");
    }
}

/// The same, written as a text in JSON.
fn check_texts<T: JsonIn>(rows: &[(&str, &str)]) {
    for (text, wanted) in rows {
        assert_eq!(read::<T>(&json!(text).to_string()), *wanted, "{text}");
    }
}

const NO_INT: &str = "4 Couldn't parse int64_t";
const NO_UINT: &str = "4 Couldn't parse uint64_t";

#[test]
fn signed_numbers() {
    check::<i64>(&[
        ("5", "5"),
        ("-5", "-5"),
        ("18446744073709551615", "-1"),
        ("5.", "5"),
        ("-5.5", "-5"),
        ("-.5", "0"),
        ("9223372036854775808.0", "-9223372036854775808"),
        ("-9223372036854777856.0", "-9223372036854775808"),
        ("123456789012345678901234567890.0", "-9223372036854775808"),
        ("1e5", NO_INT),
        ("true", "1"),
        ("false", "0"),
        ("null", "0"),
        ("tru", NO_INT),
        ("[]", "7 Invalid cast from array_type to int64"),
        ("{}", "7 Invalid cast from object_type to int64"),
    ]);
    check_texts::<i64>(&[
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", NO_INT),
        ("-9223372036854775809", NO_INT),
        ("+5", "5"),
        ("-0", "0"),
        ("00012", "12"),
        ("5\0x", "5"),
        ("", NO_INT),
        ("-", NO_INT),
        ("+-5", NO_INT),
        (" 5", NO_INT),
        ("5 ", NO_INT),
        ("5.0", NO_INT),
        ("1,000", NO_INT),
        ("0x10", NO_INT),
        ("true", NO_INT),
    ]);
    check::<i8>(&[("128", "-128"), ("-129", "127"), ("256.9", "0")]);
}

#[test]
fn unsigned_numbers() {
    check::<u64>(&[
        ("-5", "18446744073709551611"),
        ("-5.5", "18446744073709551611"),
        ("-.5", "0"),
        ("9223372036854775808.0", "9223372036854775808"),
        ("18446744073709551616.0", "0"),
        ("123456789012345678901234567890.0", "0"),
        ("-9223372036854777856.0", "9223372036854775808"),
        ("true", "1"),
        ("null", "0"),
        ("1e5", NO_UINT),
        ("[1]", "7 Invalid cast from array_type to uint64"),
    ]);
    check_texts::<u64>(&[
        ("18446744073709551615", "18446744073709551615"),
        ("18446744073709551616", NO_UINT),
        ("-1", "18446744073709551615"),
        ("-18446744073709551615", "1"),
        ("-18446744073709551616", NO_UINT),
        ("-0", "0"),
        ("+00", "0"),
        ("00000000000000000000000000000018446744073709551615", "18446744073709551615"),
        ("\0", NO_UINT),
        ("--5", NO_UINT),
        ("-+5", NO_UINT),
        ("١", NO_UINT),
    ]);
    check::<u8>(&[("256", "0"), ("-5", "251"), ("511.9", "255")]);
    check::<u32>(&[("4294967296", "0"), ("\"-1\"", "4294967295")]);
}

#[test]
fn truth_values() {
    const NO_BOOL: &str =
        "7 Cannot convert string to bool (only \"true\" or \"false\" can be converted)";
    check::<bool>(&[
        ("true", "true"),
        ("\"false\"", "false"),
        ("null", "false"),
        ("0", "false"),
        ("-0.0", "false"),
        (".1", "true"),
        ("-1", "true"),
        ("18446744073709551615", "true"),
        ("\"1\"", NO_BOOL),
        ("\"TRUE\"", NO_BOOL),
        ("\"\"", NO_BOOL),
        ("1e5", NO_BOOL),
        ("[]", "7 Invalid cast from array_type to bool"),
    ]);
}

#[test]
fn texts() {
    check::<Text>(&[
        ("5", "5"),
        ("-5", "-5"),
        ("18446744073709551615", "18446744073709551615"),
        ("1.0", "1.00000000000000000"),
        (".1", "0.10000000000000001"),
        ("-0.0", "-0.00000000000000000"),
        ("true", "true"),
        ("null", ""),
        ("[]", "7 Invalid cast from array_type to string"),
    ]);
}

#[test]
fn ids_of_one_type() {
    const MISMATCH: &str = "10 fc::to_uint64( s.substr( 0, first_dot ) ) == SpaceID && \
        fc::to_uint64( s.substr( first_dot+1, (second_dot-first_dot)-1 ) ) == TypeID: \
        Space.Type.0 (1.2.0) doesn't match expected value ";
    let mismatch = |text: &str| {
        assert_eq!(read::<Id<1, 2>>(&json!(text).to_string()), format!("{MISMATCH}{text}"))
    };
    check_texts::<Id<1, 2>>(&[
        ("1.2.17", "1.2.17"),
        ("+1.02.0017", "1.2.17"),
        ("1.2.-18446744073709551599", "1.2.17"),
        ("1.2.5\0x", "1.2.5"),
        ("1.2.281474976710655", "1.2.281474976710655"),
        ("1.2.281474976710656", "10 (instance.value >> instance_bits) == 0: instance overflow"),
        ("1.2.-1", "10 (instance.value >> instance_bits) == 0: instance overflow"),
        ("1.2.18446744073709551616", NO_UINT),
        ("1.2.3.4", NO_UINT),
        ("1.2.", NO_UINT),
        ("1.2. 3", NO_UINT),
        ("1.2.3 ", NO_UINT),
        ("1.2.x", NO_UINT),
        ("1.x.3", NO_UINT),
        ("x.2.3", NO_UINT),
        (" 1.2.3", NO_UINT),
        ("", "10 first_dot != std::string::npos: Missing the first dot"),
        ("17", "10 first_dot != std::string::npos: Missing the first dot"),
        (".2.3", "10 first_dot != 0: Missing the space part"),
        ("1.2", "10 second_dot != std::string::npos: Missing the second dot"),
        ("1..3", "10 second_dot != first_dot+1: Missing the type part"),
    ]);
    // The type is looked at before the instance, and after the space only if that fits.
    for text in ["1.3.17", "2.2.17", "1.3.x", "2.x.3", "257.2.3", "1.258.3", "-1.2.3"] {
        mismatch(text);
    }
    check::<Id<1, 2>>(&[
        ("17", "7 Invalid cast from type 'uint64_type' to Object"),
        ("null", "7 Invalid cast from type 'null_type' to Object"),
        ("1.2", "7 Invalid cast from type 'double_type' to Object"),
    ]);
}

#[test]
fn ids_of_any_type() {
    const OVERFLOW: &str = "_id <= graphene::db::object_id_type::one_byte_mask";
    check_texts::<ObjectId>(&[
        ("255.255.281474976710655", "255.255.281474976710655"),
        ("1.3.-18446744073709551615", "1.3.1"),
        ("256.2.3", &format!("10 space{OVERFLOW}: space overflow")),
        ("-1.x.3", &format!("10 space{OVERFLOW}: space overflow")),
        ("1.256.x", &format!("10 type{OVERFLOW}: type overflow")),
        ("1.2.281474976710656", "10 i >> instance_bits == 0: instance overflow"),
        ("1.2.3.4", NO_UINT),
        ("1.x.3", NO_UINT),
        ("1.2", "10 second_dot != std::string::npos: Missing the second dot"),
    ]);
    check::<ObjectId>(&[("[]", "7 Invalid cast from type 'array_type' to Object")]);
}

#[test]
fn votes() {
    check_texts::<VoteId>(&[
        ("1:17", "1:17"),
        (" 1: +17x", "1:17"),
        ("0x1:017:5", "0:17"),
        ("1:16777217", "1:1"),
        ("258:1", "2:1"),
        ("1:-1", "1:16777215"),
        ("1", "10 colon != std::string::npos: "),
        ("", "10 colon != std::string::npos: "),
        (":1", "13 "),
        ("1:", "13 "),
        ("x:1", "13 "),
        ("- 1:1", "13 "),
        ("1:18446744073709551616", "13 "),
    ]);
}

#[test]
fn hexadecimal_texts() {
    const NO_HEX: &str = "0 Invalid hex character 'g'";
    check_texts::<Bytes>(&[
        ("", ""),
        ("0aF", "0a"),
        ("0aFf", "0aff"),
        ("0g", NO_HEX),
        ("0ag", "0a"),
    ]);
    let zeros = |digits: usize| "0".repeat(digits);
    check_texts::<Hash160>(&[
        ("", &zeros(40)),
        ("abc", &format!("ab{}", zeros(38))),
        (&format!("{}ff", zeros(40)), &zeros(40)),
        (&format!("{}gg", zeros(40)), NO_HEX),
        (&format!("{}g", zeros(40)), &zeros(40)),
        ("gg", NO_HEX),
    ]);
    // Of what is an array in the reference no more is looked at than it takes.
    check_texts::<Digest<33>>(&[
        ("", &zeros(66)),
        ("abc", &format!("ab{}", zeros(64))),
        (&format!("{}gg", zeros(66)), &zeros(66)),
        ("0g", NO_HEX),
    ]);
    check_texts::<Signature>(&[
        ("", &zeros(130)),
        ("1f", &format!("1f{}", zeros(128))),
        (&format!("{}gg", zeros(130)), &zeros(130)),
        ("0g", NO_HEX),
    ]);
    check::<Hash160>(&[("12", &format!("12{}", zeros(38))), ("null", &zeros(40))]);
}

#[test]
fn keys_and_addresses() {
    let key = PublicKey([2; 33]).to_text("BTS");
    let spoilt = format!("{}2", &key[..key.len() - 1]);
    let (behind_blanks, before_blanks) = (format!("BTS \t{}", &key[3..]), format!("{key}\n "));
    let cut_off = |len: usize, over: i64| {
        let unpacking = "error unpacking graphene::protocol::public_key_type::binary_key";
        format!(
            "8 read datastream of length {len} over by {over} std::array<unsigned char,33> Error \
             unpacking field data {unpacking} {unpacking}"
        )
    };
    check_texts::<PublicKey>(&[
        (&key, &key),
        (&behind_blanks, &key),
        (&before_blanks, &key),
        (
            &spoilt,
            "10 fc::ripemd160::hash( (char*) key_data.data(), key_data.size() )._hash[0].value() \
             == bin_key.check: ",
        ),
        ("", "10 base58str.size() > prefix_len: "),
        ("XYZ", "10 base58str.size() > prefix_len: "),
        ("BTS", "10 base58str.size() > prefix_len: "),
        ("XYZ1", "10 base58str.substr( 0, prefix_len ) == prefix: "),
        ("bts1", "10 base58str.substr( 0, prefix_len ) == prefix: "),
        ("BTS0", "4 Unable to decode base58 string 0"),
        ("BTS1 1", "4 Unable to decode base58 string 1 1"),
        ("BTSé", "4 Unable to decode base58 string é"),
        ("BTS11", &cut_off(2, -1)),
        ("BTS ", &cut_off(0, 1)),
    ]);
    let address = Address([3; 20]).to_text("BTS");
    check_texts::<Address>(&[
        (&address, &address),
        (&key, &format!("10 is_valid( base58str, prefix ): {key}")),
        ("BTS", "10 is_valid( base58str, prefix ): BTS"),
        ("", "10 is_valid( base58str, prefix ): "),
    ]);
}

proptest! {
    #[test]
    fn ids_and_numbers_are_read_back_as_they_are_written(
        space: u8, type_: u8, instance in 0..=carbyne_wire::MAX_INSTANCE, signed: i64, unsigned: u64
    ) {
        let id = ObjectId::new(space, type_, instance);
        prop_assert_eq!(ObjectId::from_json(&id.to_json()), Ok(id));
        prop_assert_eq!(i64::from_json(&signed.to_json()), Ok(signed));
        prop_assert_eq!(u64::from_json(&unsigned.to_json()), Ok(unsigned));
        prop_assert_eq!(u64::from_json(&json!(signed.to_string())), Ok(signed as u64));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*", close in "[-+0-9.: \0a-gx]{0,30}") {
        for text in [text, close] {
            let value = Value::from(text);
            let _ = (u64::from_json(&value), i64::from_json(&value), bool::from_json(&value));
            let _ = (ObjectId::from_json(&value), Id::<1, 2>::from_json(&value));
            let _ = (VoteId::from_json(&value), Bytes::from_json(&value));
            let _ = (Hash160::from_json(&value), Digest::<33>::from_json(&value));
            let bts = Dialect::REFERENCE;
            let _ = PublicKey::from_json_in(&value, bts);
            let _ = Address::from_json_in(&value, bts);
            let _ = Signature::from_json(&value);
        }
    }
}
