//! JSON form, with the liberties clients of Graphene take: numbers as text, text as numbers,
//! members missing.
//!
//! Errors name the member and carry the reference's error code (4 parse error, 7 bad cast, 10
//! assertion, 13 an exception of one of its libraries) and words, because clients read them; where
//! ours say more, they stand beside.

// JSON has real numbers; every machine reads and cuts them alike, as IEEE 754 says.
#![allow(clippy::disallowed_types, clippy::float_arithmetic)]

use crate::Dialect;
use serde_json::Value;
use std::fmt::Write as _;

/// What is wrong with a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// Text with a character that is no hexadecimal digit.
    Hexadecimal,
    /// Text that is not of the form its type needs.
    Parse,
    /// A value of the wrong JSON type.
    BadCast,
    /// Text that ends before its type does.
    OutOfRange,
    /// A value of the right type that the type's own rules refuse.
    Assert,
    /// Text that a library of the reference refuses.
    Foreign(Foreign),
}

/// What a library of the reference says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A part of a date is no number, or too large a one.
    BadNumber,
    /// The year is not one from 1400 to 9999.
    BadYear,
    /// There is no such month.
    BadMonth,
    /// The day is not one from 1 to 31.
    BadDay,
    /// The month does not have so many days.
    BadDayOfMonth,
    /// A date has no time behind it.
    EmptyText,
    /// A vote does not begin with a number.
    NoVoteNumber,
    /// A number in a vote has more than 64 bits.
    LargeVoteNumber,
}

impl Foreign {
    /// The name of the exception.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BadNumber => "N5boost10wrapexceptINS_16bad_lexical_castEEE",
            Self::BadYear => "N5boost10wrapexceptINS_9gregorian8bad_yearEEE",
            Self::BadMonth => "N5boost10wrapexceptINS_9gregorian9bad_monthEEE",
            Self::BadDay | Self::BadDayOfMonth => {
                "N5boost10wrapexceptINS_9gregorian16bad_day_of_monthEEE"
            }
            Self::EmptyText | Self::LargeVoteNumber => "St12out_of_range",
            Self::NoVoteNumber => "St16invalid_argument",
        }
    }

    /// What it says.
    pub const fn what(self) -> &'static str {
        match self {
            Self::BadNumber => {
                "bad lexical cast: source type value could not be interpreted as target"
            }
            Self::BadYear => "Year is out of valid range: 1400..9999",
            Self::BadMonth => "Month number is out of range 1..12",
            Self::BadDay => "Day of month value is out of range 1..31",
            Self::BadDayOfMonth => "Day of month is not valid for year",
            Self::EmptyText => "basic_string::at: __n (which is 0) >= this->size() (which is 0)",
            Self::NoVoteNumber | Self::LargeVoteNumber => "stoul",
        }
    }
}

/// Why a JSON value is not a value of the type asked for, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", self.place())]
pub struct JsonError {
    /// Kind, with the reference's code.
    pub kind: JsonErrorKind,
    /// Members and indexes that lead to the value, such as `operations[0].amount`.
    pub path: String,
    /// The reason, in the reference's words.
    pub message: String,
    /// The reason in ours, where they say more.
    pub explanation: Option<String>,
}

impl JsonError {
    /// A refusal in the reference's words.
    pub fn new(kind: JsonErrorKind, message: impl Into<String>) -> Self {
        Self { kind, path: String::new(), message: message.into(), explanation: None }
    }

    /// A refusal by a type's own rules.
    pub fn assert(message: impl Into<String>) -> Self {
        Self::new(JsonErrorKind::Assert, message)
    }

    /// Text that does not parse.
    pub fn parse(message: impl Into<String>) -> Self {
        Self::new(JsonErrorKind::Parse, message)
    }

    /// Text that a library of the reference refuses.
    pub fn foreign(foreign: Foreign, message: impl Into<String>) -> Self {
        Self::new(JsonErrorKind::Foreign(foreign), message)
    }

    /// A value that is not an object, or not the text of an id.
    pub fn not_an_object(value: &Value) -> Self {
        let message = format!("Invalid cast from type '{}' to Object", type_name(value));
        Self::new(JsonErrorKind::BadCast, message)
    }

    /// A value of the wrong JSON type.
    pub fn bad_cast(value: &Value, wanted: &str) -> Self {
        let message = format!("Invalid cast from {} to {wanted}", type_name(value));
        Self::new(JsonErrorKind::BadCast, message)
    }

    /// The tag of a choice that has only `count` of them.
    pub fn unknown_tag(tag: u64, count: usize) -> Self {
        let tag = tag as i64;
        let message = if tag < 0 {
            format!("tag >= 0: Unable to set a negative tag '{tag}'")
        } else {
            format!(
                "static_cast<size_t>(tag) < count(): Unable to set tag '{tag}' when the number of \
                 supported tags is {count}"
            )
        };
        Self::assert(message)
    }

    /// The same error, explained in our words.
    pub fn explained(mut self, explanation: impl Into<String>) -> Self {
        self.explanation = Some(explanation.into());
        self
    }

    /// The same error, one member further out.
    pub fn in_member(mut self, name: &str) -> Self {
        if !self.path.is_empty() && !self.path.starts_with('[') {
            self.path.insert(0, '.');
        }
        self.path.insert_str(0, name);
        self
    }

    /// The same error, one array further out.
    pub fn at_index(mut self, index: usize) -> Self {
        let mut path = String::new();
        let _ = write!(path, "[{index}]");
        if !self.path.is_empty() && !self.path.starts_with('[') {
            path.push('.');
        }
        self.path.insert_str(0, &path);
        self
    }

    /// The reference's error code.
    pub fn code(&self) -> u32 {
        match self.kind {
            JsonErrorKind::Hexadecimal => 0,
            JsonErrorKind::Parse => 4,
            JsonErrorKind::BadCast => 7,
            JsonErrorKind::OutOfRange => 8,
            JsonErrorKind::Assert => 10,
            JsonErrorKind::Foreign(_) => 13,
        }
    }

    fn place(&self) -> String {
        if self.path.is_empty() { String::new() } else { format!("{}: ", self.path) }
    }
}

/// The reference's name of a JSON type, as it appears in error texts.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null_type",
        Value::Bool(_) => "bool_type",
        Value::Number(n) if n.is_f64() => "double_type",
        Value::Number(n) if n.is_u64() => "uint64_type",
        Value::Number(_) => "int64_type",
        Value::String(_) => "string_type",
        Value::Array(_) => "array_type",
        Value::Object(_) => "object_type",
    }
}

/// A value with a JSON form in the dialect of a chain.
pub trait JsonIn: Sized {
    /// The value as clients of the chain read it.
    fn to_json_in(&self, dialect: Dialect) -> Value;

    /// Reads a value as clients of the chain write it.
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError>;

    /// The value as a member of an object: none where the member is left out.
    fn to_member_in(&self, dialect: Dialect) -> Option<Value> {
        Some(self.to_json_in(dialect))
    }
}

/// A value whose JSON form is the same on every chain, because it holds no key, no address and no
/// choice that only some chains know.
pub trait Json: JsonIn {
    /// The value as clients read it.
    fn to_json(&self) -> Value {
        self.to_json_in(Dialect::REFERENCE)
    }

    /// Reads a value as clients write it.
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        Self::from_json_in(value, Dialect::REFERENCE)
    }
}

/// Says that the [`Json`] form of types, which is written by hand, is that of every dialect.
#[macro_export]
macro_rules! in_every_dialect {
    ($([$($generics:tt)*] $type:ty),* $(,)?) => {$(
        impl<$($generics)*> $crate::JsonIn for $type {
            fn to_json_in(&self, _: $crate::Dialect) -> $crate::Value {
                $crate::Json::to_json(self)
            }
            fn from_json_in(
                value: &$crate::Value,
                _: $crate::Dialect,
            ) -> Result<Self, $crate::JsonError> {
                $crate::Json::from_json(value)
            }
        }
    )*};
}

crate::in_every_dialect!([] i8, [] i16, [] i32, [] i64, [] u8, [] u16, [] u32, [] u64, [] u128);
crate::in_every_dialect!([] bool, [] String, [] Value);

/// Reads the content of a choice in a frame of its own: one function with room for the contents of
/// 78 operations at once would need it again at each level that nests.
#[inline(never)]
pub fn choice<T: JsonIn, C>(
    content: &Value,
    dialect: Dialect,
    make: fn(T) -> C,
) -> Result<C, JsonError> {
    T::from_json_in(content, dialect).map(make).map_err(|e| e.at_index(1))
}

/// Compiles for types with the same form on every chain only.
pub const fn is_json<T: Json>() {}

/// A signed number: text beyond 32 bits, as the reference writes it.
pub fn int_to_json(value: i64) -> Value {
    match i32::try_from(value) {
        Ok(small) => Value::from(small),
        Err(_) => Value::String(value.to_string()),
    }
}

/// An unsigned number: text beyond 32 bits, as the reference writes it.
pub fn uint_to_json(value: u64) -> Value {
    match u32::try_from(value) {
        Ok(small) => Value::from(small),
        Err(_) => Value::String(value.to_string()),
    }
}

/// A number with a decimal point, as the reference writes it.
pub(crate) fn real_text(real: f64) -> String {
    format!("{real:.17}")
}

/// Bytes of hexadecimal text. Half a byte at the end does not count.
pub(crate) fn parse_hex(text: &str) -> Result<Vec<u8>, JsonError> {
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| match pair {
            [upper, lower] => Ok(hex_digit(*upper)? << 4 | hex_digit(*lower)?),
            _ => Ok(0),
        })
        .collect()
}

fn hex_digit(byte: u8) -> Result<u8, JsonError> {
    let character = char::from(byte);
    character.to_digit(16).map(|digit| digit as u8).ok_or_else(|| {
        let message = format!("Invalid hex character '{character}'");
        JsonError::new(JsonErrorKind::Hexadecimal, message)
    })
}

/// Bytes of hexadecimal text as types of exactly `N` bytes have them: what is missing is 0, what is
/// too much is not looked at, nor is half a byte at the end.
pub(crate) fn parse_hex_array<const N: usize>(text: &str) -> Result<[u8; N], JsonError> {
    let len = (text.len() / 2).min(N);
    let mut bytes = [0; N];
    let digits = text.as_bytes().chunks_exact(2);
    for (byte, pair) in bytes.iter_mut().take(len).zip(digits) {
        let [upper, lower] = pair else { continue };
        *byte = hex_digit(*upper)? << 4 | hex_digit(*lower)?;
    }
    Ok(bytes)
}

/// An unsigned number as text: of a negative one the value modulo 2^64 counts, as everywhere in the
/// reference, and nothing behind a NUL.
pub(crate) fn parse_u64(text: &str) -> Result<u64, JsonError> {
    let text = before_nul(text);
    let number = match text.strip_prefix('-') {
        Some(digits) if digits.starts_with(|c: char| c.is_ascii_digit()) => {
            digits.parse().map(u64::wrapping_neg)
        }
        _ => text.parse(),
    };
    number.map_err(|_| JsonError::parse("Couldn't parse uint64_t"))
}

fn parse_i64(text: &str) -> Result<i64, JsonError> {
    before_nul(text).parse().map_err(|_| JsonError::parse("Couldn't parse int64_t"))
}

fn before_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or(text)
}

/// The whole part of a number with a decimal point. What does not fit is the least number there is,
/// as the processor gives it to the reference.
fn signed_part(real: f64) -> i64 {
    const END: f64 = 9_223_372_036_854_775_808.0;
    if (-END..END).contains(&real) { real as i64 } else { i64::MIN }
}

fn unsigned_part(real: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    if real < HALF { signed_part(real) as u64 } else { (signed_part(real - HALF) as u64) ^ 1 << 63 }
}

fn signed(value: &Value) -> Result<i64, JsonError> {
    match value {
        Value::String(text) => parse_i64(text),
        // The casts are the reference's: it takes 1000.0 for 1000 and wraps what does not fit.
        Value::Number(n) => Ok(n
            .as_i64()
            .or_else(|| n.as_u64().map(|wide| wide as i64))
            .or_else(|| n.as_f64().map(signed_part))
            .unwrap_or_default()),
        Value::Bool(flag) => Ok(i64::from(*flag)),
        Value::Null => Ok(0),
        other => Err(JsonError::bad_cast(other, "int64")),
    }
}

fn unsigned(value: &Value) -> Result<u64, JsonError> {
    match value {
        Value::String(text) => parse_u64(text),
        Value::Number(n) => Ok(n
            .as_u64()
            .or_else(|| n.as_i64().map(|negative| negative as u64))
            .or_else(|| n.as_f64().map(unsigned_part))
            .unwrap_or_default()),
        Value::Bool(flag) => Ok(u64::from(*flag)),
        Value::Null => Ok(0),
        other => Err(JsonError::bad_cast(other, "uint64")),
    }
}

macro_rules! json_integer {
    ($read:ident $write:ident $wide:ty: $($type:ty),*) => {$(
        impl Json for $type {
            fn to_json(&self) -> Value {
                $write(<$wide>::from(*self))
            }
            fn from_json(value: &Value) -> Result<Self, JsonError> {
                $read(value).map(|wide| wide as $type)
            }
        }
    )*};
}
json_integer!(signed int_to_json i64: i8, i16, i32, i64);
json_integer!(unsigned uint_to_json u64: u8, u16, u32, u64);

impl Json for u128 {
    fn to_json(&self) -> Value {
        Value::String(self.to_string())
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        match value {
            Value::String(text) => {
                text.parse().map_err(|_| JsonError::parse("Couldn't parse uint128_t"))
            }
            other => unsigned(other).map(u128::from),
        }
    }
}

impl Json for bool {
    fn to_json(&self) -> Value {
        Value::Bool(*self)
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            Value::String(text) if text == "true" => Ok(true),
            Value::String(text) if text == "false" => Ok(false),
            Value::String(_) => Err(JsonError::new(
                JsonErrorKind::BadCast,
                "Cannot convert string to bool (only \"true\" or \"false\" can be converted)",
            )),
            Value::Number(n) => Ok(n.as_f64() != Some(0.0)),
            Value::Null => Ok(false),
            other => Err(JsonError::bad_cast(other, "bool")),
        }
    }
}

impl Json for String {
    fn to_json(&self) -> Value {
        Value::String(self.clone())
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(n) if n.is_f64() => Ok(real_text(n.as_f64().unwrap_or_default())),
            Value::Number(n) => Ok(n.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            Value::Null => Ok(String::new()),
            other => Err(JsonError::bad_cast(other, "string")),
        }
    }
}

impl Json for Value {
    fn to_json(&self) -> Value {
        self.clone()
    }
    fn from_json(value: &Value) -> Result<Self, JsonError> {
        Ok(value.clone())
    }
}
