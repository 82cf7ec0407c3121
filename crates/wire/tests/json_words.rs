//! What the reference says to JSON that is not what a method takes: the kind of the error and every
//! word of it.

use carbyne_crypto::{Address, PublicKey, Signature};
use carbyne_wire::Foreign::{LargeVoteNumber, NoVoteNumber};
use carbyne_wire::JsonErrorKind::{self, Assert, BadCast, Foreign, Hexadecimal};
use carbyne_wire::JsonErrorKind::{OutOfRange, Parse};
use carbyne_wire::{Digest, Extensions, Id, Json, ObjectId, VoteId, Wire};
use serde_json::{Value, json};

/// A choice as operations and policies are.
#[derive(Clone, Debug, PartialEq, Wire)]
enum Choice {
    Nothing(Empty),
    Something(Empty),
}

#[derive(Clone, Debug, Default, PartialEq, Wire)]
struct Empty {}

/// Members that were added later.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
struct Later {
    /// The only one.
    number: Option<u16>,
}

#[track_caller]
fn check<T: Json>(value: Value, kind: JsonErrorKind, words: &str) {
    match T::from_json(&value) {
        Ok(_) => panic!("{value} was read"),
        Err(error) => assert_eq!((error.kind, error.message.as_str()), (kind, words), "{value}"),
    }
}

#[test]
fn numbers_and_texts() {
    check::<u64>(json!("x"), Parse, "Couldn't parse uint64_t");
    check::<i64>(json!("1.5"), Parse, "Couldn't parse int64_t");
    check::<u32>(json!([]), BadCast, "Invalid cast from array_type to uint64");
    check::<i32>(json!({}), BadCast, "Invalid cast from object_type to int64");
    check::<bool>(json!([]), BadCast, "Invalid cast from array_type to bool");
    let words = "Cannot convert string to bool (only \"true\" or \"false\" can be converted)";
    check::<bool>(json!("1"), BadCast, words);
    check::<String>(json!({}), BadCast, "Invalid cast from object_type to string");
    check::<Vec<u8>>(json!("x"), BadCast, "Invalid cast from string_type to Array");
    check::<Vec<u8>>(json!(true), BadCast, "Invalid cast from bool_type to Array");
    check::<Digest<20>>(json!("zz"), Hexadecimal, "Invalid hex character 'z'");
    check::<Signature>(json!("1q"), Hexadecimal, "Invalid hex character 'q'");
}

#[test]
fn ids() {
    check::<ObjectId>(json!(5), BadCast, "Invalid cast from type 'int64_type' to Object");
    check::<ObjectId>(json!(null), BadCast, "Invalid cast from type 'null_type' to Object");
    check::<ObjectId>(json!("x"), Assert, "first_dot != std::string::npos: Missing the first dot");
    check::<ObjectId>(json!(".1.2"), Assert, "first_dot != 0: Missing the space part");
    check::<ObjectId>(
        json!("1.2"),
        Assert,
        "second_dot != std::string::npos: Missing the second dot",
    );
    check::<ObjectId>(json!("1..2"), Assert, "second_dot != first_dot+1: Missing the type part");
    check::<ObjectId>(json!("1.2."), Parse, "Couldn't parse uint64_t");
    let words = "space_id <= graphene::db::object_id_type::one_byte_mask: space overflow";
    check::<ObjectId>(json!("256.1.1"), Assert, words);
    let words = "type_id <= graphene::db::object_id_type::one_byte_mask: type overflow";
    check::<ObjectId>(json!("1.256.1"), Assert, words);
    let words = "i >> instance_bits == 0: instance overflow";
    check::<ObjectId>(json!("1.2.281474976710656"), Assert, words);
    let words = "(instance.value >> instance_bits) == 0: instance overflow";
    check::<Id<1, 2>>(json!("1.2.281474976710656"), Assert, words);
    let words = "fc::to_uint64( s.substr( 0, first_dot ) ) == SpaceID && \
                 fc::to_uint64( s.substr( first_dot+1, (second_dot-first_dot)-1 ) ) == TypeID: \
                 Space.Type.0 (1.2.0) doesn't match expected value 1.300.x";
    check::<Id<1, 2>>(json!("1.300.x"), Assert, words);
    check::<Id<1, 2>>(json!("2.x.0"), Assert, &words.replace("1.300.x", "2.x.0"));
    check::<Id<1, 2>>(json!("1.x.0"), Parse, "Couldn't parse uint64_t");
    check::<Id<1, 2>>(json!([]), BadCast, "Invalid cast from type 'array_type' to Object");
}

#[test]
fn votes() {
    check::<VoteId>(json!("x"), Assert, "colon != std::string::npos: ");
    check::<VoteId>(json!("x:1"), Foreign(NoVoteNumber), "stoul: ");
    check::<VoteId>(json!("1:"), Foreign(NoVoteNumber), "stoul: ");
    check::<VoteId>(json!("1:99999999999999999999"), Foreign(LargeVoteNumber), "stoul: ");
    let vote = VoteId::from_json(&json!(" +1:22 and more")).expect("the reference reads it");
    assert_eq!(vote.to_json(), json!("1:22"));
}

#[test]
fn keys_and_addresses() {
    check::<PublicKey>(json!(null), Assert, "base58str.size() > prefix_len: ");
    check::<PublicKey>(json!("BTS"), Assert, "base58str.size() > prefix_len: ");
    check::<PublicKey>(json!("TST5"), Assert, "base58str.substr( 0, prefix_len ) == prefix: ");
    check::<PublicKey>(json!("BTS0"), Parse, "Unable to decode base58 string 0");
    let unpacking = "error unpacking graphene::protocol::public_key_type::binary_key";
    let words = format!(
        "read datastream of length 1 over by 0 std::array<unsigned char,33> \
         Error unpacking field data {unpacking} {unpacking}"
    );
    check::<PublicKey>(json!("BTS1"), OutOfRange, &words);
    let words = "fc::ripemd160::hash( (char*) key_data.data(), key_data.size() )._hash[0].value() \
                 == bin_key.check: ";
    let wrong = "BTS5bBDQczS89S9bAKESz65im3JqAv1xachueJRCKzT4rj5K8Lf9D";
    check::<PublicKey>(json!(wrong), Assert, words);
    check::<Address>(json!("BTSxyz"), Assert, "is_valid( base58str, prefix ): BTSxyz");
    check::<Address>(json!(""), Assert, "is_valid( base58str, prefix ): ");
}

#[test]
fn structures_choices_and_extensions() {
    check::<Empty>(json!("x"), BadCast, "Invalid cast from type 'string_type' to Object");
    check::<Choice>(json!({}), BadCast, "Invalid cast from object_type to Array");
    let words = "static_cast<size_t>(tag) < count(): \
                 Unable to set tag '2' when the number of supported tags is 2";
    check::<Choice>(json!([2, {}]), Assert, words);
    check::<Choice>(json!([-1, {}]), Assert, "tag >= 0: Unable to set a negative tag '-1'");
    check::<Choice>(json!([1, 5]), BadCast, "Invalid cast from type 'int64_type' to Object");
    check::<Later>(json!([1]), Assert, "var.size() == 0: ");
    check::<Later>(json!("x"), BadCast, "Invalid cast from type 'string_type' to Object");
    check::<Later>(json!({"other": 1}), Assert, "vtor.count_left == 0: ");
    let words = "static_cast<size_t>(tag) < count(): \
                 Unable to set tag '1' when the number of supported tags is 1";
    check::<Extensions>(json!([[1, {}]]), Assert, words);
    check::<Extensions>(json!([5]), BadCast, "Invalid cast from int64_type to Array");
    check::<Extensions>(json!([[0, 5]]), BadCast, "Invalid cast from type 'int64_type' to Object");
    assert_eq!(Choice::from_json(&json!([7])), Ok(Choice::Nothing(Empty {})));
}
