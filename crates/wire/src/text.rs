//! JSON text as the reference's parser reads it, which takes much that the standard refuses
//! (reference: `fc/json.cpp`).
//!
//! Text after the value is ignored, commas may be missing, the first of equal members counts, and
//! words without quotes are text. Numbers with a decimal point are doubles. Escapes are read as RFC
//! 8259 says, where the reference drops the backslash and reads `\u0061` as `u0061`: clients sign
//! what they mean. Half a surrogate pair, like bytes that are not UTF-8, is a replacement
//! character; any other character behind a backslash stands for itself.

use crate::json::real_text;
use crate::{int_to_json, uint_to_json};
use serde_json::{Map, Number, Value};

/// How deep values may stand in each other.
const DEPTH_MAX: u32 = 200;

/// Why text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonTextError {
    /// The text ends where a value is expected or not complete.
    #[error("unexpected end of the text")]
    End,
    /// Something does not belong where it stands.
    #[error("{0}")]
    Malformed(&'static str),
    /// The text has more values than are read.
    #[error("more than {0} values")]
    TooMany(usize),
}

/// Reads the first value in a text.
pub fn parse_json(text: &[u8]) -> Result<Value, JsonTextError> {
    parse_json_within(text, usize::MAX)
}

/// Reads the first value in a text unless it has more than `most` values in it, each member and
/// item one.
pub fn parse_json_within(text: &[u8], most: usize) -> Result<Value, JsonTextError> {
    Parser { rest: text, values_left: most, most }.value(DEPTH_MAX)
}

/// A value as the reference writes it: numbers beyond 32 bits and doubles become text.
pub fn as_written(value: Value) -> Value {
    match value {
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(unsigned), _, _) => uint_to_json(unsigned),
            (_, Some(signed), _) => int_to_json(signed),
            (_, _, Some(real)) => Value::String(real_text(real)),
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(as_written).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, as_written(value))).collect()
        }
        other => other,
    }
}

struct Parser<'a> {
    rest: &'a [u8],
    values_left: usize,
    most: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Result<u8, JsonTextError> {
        self.rest.first().copied().ok_or(JsonTextError::End)
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn next(&mut self) -> Result<u8, JsonTextError> {
        let byte = self.peek()?;
        self.skip();
        Ok(byte)
    }

    /// Takes bytes as long as they are wanted.
    fn take_while(&mut self, is_wanted: impl Fn(u8) -> bool) -> &[u8] {
        let end = self.rest.iter().position(|byte| !is_wanted(*byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip_white_space(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn value(&mut self, depth_left: u32) -> Result<Value, JsonTextError> {
        let inner = depth_left
            .checked_sub(1)
            .ok_or(JsonTextError::Malformed("Too many nested items in JSON input!"))?;
        let left = self.values_left.checked_sub(1);
        self.values_left = left.ok_or(JsonTextError::TooMany(self.most))?;
        self.skip_white_space();
        match self.peek()? {
            b'"' => self.quoted().map(Value::String),
            b'{' => self.object(inner).map_err(|error| match error {
                JsonTextError::End => JsonTextError::Malformed("Unexpected EOF"),
                malformed => malformed,
            }),
            b'[' => self.array(inner),
            b'-' | b'.' | b'0'..=b'9' => self.number(),
            b'n' | b't' | b'f' => self.word(),
            0x04 => Err(JsonTextError::End),
            _ => Err(JsonTextError::Malformed("Unexpected char")),
        }
    }

    fn object(&mut self, depth_left: u32) -> Result<Value, JsonTextError> {
        let mut members = Map::new();
        self.skip();
        loop {
            self.skip_white_space();
            match self.peek()? {
                b'}' => break,
                b',' => self.skip(),
                _ => {
                    let name = self.quoted()?;
                    self.skip_white_space();
                    if self.next()? != b':' {
                        return Err(JsonTextError::Malformed("Expected ':' after key"));
                    }
                    let value = self.value(depth_left)?;
                    members.entry(name).or_insert(value);
                }
            }
        }
        self.skip();
        Ok(Value::Object(members))
    }

    fn array(&mut self, depth_left: u32) -> Result<Value, JsonTextError> {
        let mut items = Vec::new();
        self.skip();
        loop {
            self.skip_white_space();
            match self.peek()? {
                b']' => break,
                b',' => self.skip(),
                _ => items.push(self.value(depth_left)?),
            }
        }
        self.skip();
        Ok(Value::Array(items))
    }

    fn quoted(&mut self) -> Result<String, JsonTextError> {
        if self.next()? != b'"' {
            return Err(JsonTextError::Malformed("Expected '\"'"));
        }
        let mut text = Vec::new();
        loop {
            text.extend_from_slice(self.take_while(|byte| !matches!(byte, b'"' | b'\\' | 0x04)));
            match self.next()? {
                b'"' => return Ok(lossy(text)),
                b'\\' => self.escaped(&mut text)?,
                _ => return Err(JsonTextError::Malformed("EOF before closing '\"'")),
            }
        }
    }

    /// Appends what stands behind a backslash.
    fn escaped(&mut self, text: &mut Vec<u8>) -> Result<(), JsonTextError> {
        let character = match self.next()? {
            b't' => '\t',
            b'n' => '\n',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => self.code_point()?,
            other => {
                text.push(other);
                return Ok(());
            }
        };
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    /// The character behind `\u`; beyond 16 bits it takes two of them.
    fn code_point(&mut self) -> Result<char, JsonTextError> {
        let first = self.code_unit()?;
        if let (0xd800..0xdc00, Some(behind)) = (first, self.rest.strip_prefix(b"\\u")) {
            let mut ahead = Parser { rest: behind, ..*self };
            let pair = [first, ahead.code_unit()?];
            if let Some(Ok(character)) = char::decode_utf16(pair).next() {
                self.rest = ahead.rest;
                return Ok(character);
            }
        }
        Ok(char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn code_unit(&mut self) -> Result<u16, JsonTextError> {
        let (digits, rest) = self.rest.split_at(self.rest.len().min(4));
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(JsonTextError::Malformed("Expected four hexadecimal digits behind \\u"));
        }
        if digits.len() < 4 {
            return Err(JsonTextError::End);
        }
        self.rest = rest;
        let digits = digits.iter().filter_map(|digit| char::from(*digit).to_digit(16));
        Ok(digits.fold(0, |unit, digit| unit << 4 | digit as u16))
    }

    fn number(&mut self) -> Result<Value, JsonTextError> {
        let is_negative = self.peek()? == b'-';
        let mut text = String::new();
        if is_negative {
            self.skip();
            text.push('-');
        }
        let digits = self.take_while(|byte| byte.is_ascii_digit() || byte == b'.');
        text.push_str(&lossy(digits.to_vec()));
        let points = text.bytes().filter(|byte| *byte == b'.').count();
        if points > 1 {
            return Err(JsonTextError::Malformed("Can't parse a number with two decimal places"));
        }
        if self.rest.first().is_some_and(u8::is_ascii_alphanumeric) {
            return self.bare(text.into_bytes());
        }
        let number = match (points, is_negative) {
            (1, _) => text.parse().ok().and_then(Number::from_f64),
            (_, true) => text.parse::<i64>().ok().map(Number::from),
            (_, false) => text.parse::<u64>().ok().map(Number::from),
        };
        number
            .map(Value::Number)
            .ok_or(JsonTextError::Malformed("Can't parse token as a JSON numeric constant"))
    }

    /// `null`, `true`, `false`, or any other word, which is text.
    fn word(&mut self) -> Result<Value, JsonTextError> {
        let word = self.take_while(|byte| b"nultrefas".contains(&byte)).to_vec();
        match word.as_slice() {
            b"null" => Ok(Value::Null),
            b"true" => Ok(Value::Bool(true)),
            b"false" => Ok(Value::Bool(false)),
            _ => self.bare(word),
        }
    }

    /// The rest of text without quotes.
    fn bare(&mut self, mut text: Vec<u8>) -> Result<Value, JsonTextError> {
        while let Ok(byte) = self.peek() {
            match byte {
                b'\\' => {
                    self.skip();
                    if self.rest.is_empty() {
                        break;
                    }
                    self.escaped(&mut text)?;
                }
                b'_' | b'-' | b'.' | b':' | b'/' => text.push(self.next()?),
                _ if byte.is_ascii_alphanumeric() => text.push(self.next()?),
                b'\t' | b' ' | 0 | b'\n' => {
                    self.skip();
                    break;
                }
                _ => break,
            }
        }
        Ok(Value::String(lossy(text)))
    }
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
