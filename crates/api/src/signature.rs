//! What a method takes and gives, read from one line such as
//! `get_objects(ids: [id], subscribe: bool = null) -> [any?]`.
//!
//! A parameter with a default may be left out or null. `[T]` is a list, `(A, B)` an array with one
//! of each, `A|B` one of both, `T?` null or that, `uint32<=get_assets` a count that the limit of
//! that name bounds, `[T]<=get_assets` a list that it bounds. Never knows what a method does.

use serde_json::{Value, json};

/// What a method takes and gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What it takes, by position.
    pub parameters: Vec<Parameter>,
    /// What it gives.
    pub result: Type,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The reference's name.
    pub name: &'static str,
    /// What is accepted.
    pub type_: Type,
    /// What a missing one or null means; none if it must be there.
    pub default: Option<&'static str>,
}

/// A type of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A type by name, or the objects of a type, such as `1.2.x`, by id.
    Named(&'static str),
    /// A count that a limit of this name bounds.
    UpTo(&'static str),
    /// Any number of one type.
    List(Box<Type>),
    /// As many of one type as a limit of this name allows.
    ListUpTo(Box<Type>, &'static str),
    /// An array with one of each.
    Tuple(Vec<Type>),
    /// One of several types.
    Either(Vec<Type>),
    /// Null or that.
    Nullable(Box<Type>),
}

/// The name of the method that a signature describes.
pub(crate) const fn name_of(signature: &'static str) -> &'static str {
    let bytes = signature.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b'(' {
        end += 1;
    }
    signature.split_at(end).0
}

/// Reads a signature; none if it is malformed.
pub(crate) fn parse(signature: &'static str) -> Option<Signature> {
    let mut reader = Reader(signature);
    reader.word()?;
    reader.expect("(")?;
    let parameters = reader.list(")", Reader::parameter)?;
    reader.expect("->")?;
    let result = reader.type_()?;
    reader.0.is_empty().then_some(Signature { parameters, result })
}

/// The rest of a signature.
struct Reader(&'static str);

impl Reader {
    /// Takes `token` if it comes next, and the blanks behind it.
    fn take(&mut self, token: &str) -> bool {
        let rest = self.0.strip_prefix(token);
        self.0 = rest.map_or(self.0, str::trim_start);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Option<()> {
        self.take(token).then_some(())
    }

    /// A name, an id or a number.
    fn word(&mut self) -> Option<&'static str> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let end = self.0.find(|c| !is_part(c)).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest.trim_start();
        (!word.is_empty()).then_some(word)
    }

    /// Items between commas up to `end`.
    fn list<T>(&mut self, end: &str, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        if self.take(end) {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            if self.take(end) {
                return Some(items);
            }
            self.expect(",")?;
        }
    }

    fn parameter(&mut self) -> Option<Parameter> {
        let name = self.word()?;
        self.expect(":")?;
        let type_ = self.type_()?;
        let default = if self.take("=") { Some(self.word()?) } else { None };
        Some(Parameter { name, type_, default })
    }

    fn type_(&mut self) -> Option<Type> {
        let first = self.nullable()?;
        if !self.0.starts_with('|') {
            return Some(first);
        }
        let mut all = vec![first];
        while self.take("|") {
            all.push(self.nullable()?);
        }
        Some(Type::Either(all))
    }

    fn nullable(&mut self) -> Option<Type> {
        let type_ = self.simple()?;
        Some(if self.take("?") { Type::Nullable(Box::new(type_)) } else { type_ })
    }

    fn simple(&mut self) -> Option<Type> {
        if self.take("[") {
            let item = self.type_()?;
            self.expect("]")?;
            let item = Box::new(item);
            return Some(match self.take("<=") {
                true => Type::ListUpTo(item, self.word()?),
                false => Type::List(item),
            });
        }
        if self.take("(") {
            return self.list(")", Self::type_).map(Type::Tuple);
        }
        let name = self.word()?;
        if self.take("<=") { self.word().map(Type::UpTo) } else { Some(Type::Named(name)) }
    }
}

/// Types that are a text in JSON, with what the text looks like.
pub const TEXTS: &[(&str, &str)] = &[
    ("string", "a text"),
    ("name", "the name of an account"),
    ("symbol", "the symbol of an asset"),
    ("id", "the id of any object: space.type.instance"),
    ("time", "seconds of UTC, such as 2030-01-01T00:00:00"),
    ("key", "a public key with the prefix of the chain"),
    ("address", "an address with the prefix of the chain"),
    ("vote", "a vote: kind:number"),
    ("hex", "bytes in hexadecimal"),
    ("hash160", "20 bytes in hexadecimal"),
    ("hash256", "32 bytes in hexadecimal"),
    ("commitment", "33 bytes in hexadecimal"),
    ("wif", "a private key in the wallet import format"),
];

/// Types that are a number in JSON, with the least and the greatest value. Numbers beyond 32 bits
/// may also be written as texts, and are written so in answers.
pub const NUMBERS: &[(&str, i64, u64)] = &[
    ("uint8", 0, u8::MAX as u64),
    ("uint16", 0, u16::MAX as u64),
    ("uint32", 0, u32::MAX as u64),
    ("uint64", 0, u64::MAX),
    ("int8", i8::MIN as i64, i8::MAX as u64),
    ("int64", i64::MIN, i64::MAX as u64),
    ("callback", 0, u64::MAX),
];

impl Type {
    /// The type as a schema of JSON.
    pub fn schema(&self) -> Value {
        match self {
            Self::Named(name) => named(name),
            Self::UpTo(limit) => json!({
                "type": "integer",
                "minimum": 0,
                "description": format!("at most api_limit_{limit}, see carbyne.get_config"),
            }),
            Self::List(item) => json!({ "type": "array", "items": item.schema() }),
            Self::ListUpTo(item, limit) => json!({
                "type": "array",
                "items": item.schema(),
                "description": format!("at most api_limit_{limit}, see carbyne.get_config"),
            }),
            Self::Tuple(items) => json!({
                "type": "array",
                "items": items.iter().map(Self::schema).collect::<Vec<_>>(),
                "minItems": items.len(),
                "maxItems": items.len(),
            }),
            Self::Either(types) => {
                json!({ "anyOf": types.iter().map(Self::schema).collect::<Vec<_>>() })
            }
            Self::Nullable(type_) => json!({ "anyOf": [type_.schema(), { "type": "null" }] }),
        }
    }

    /// The names of types in it.
    pub fn names(&self) -> Vec<&'static str> {
        match self {
            Self::Named(name) => vec![*name],
            Self::UpTo(_) => vec!["uint32"],
            Self::List(one) | Self::ListUpTo(one, _) | Self::Nullable(one) => one.names(),
            Self::Tuple(many) | Self::Either(many) => many.iter().flat_map(Self::names).collect(),
        }
    }
}

fn named(name: &str) -> Value {
    if let Some((_, words)) = TEXTS.iter().find(|(text, _)| *text == name) {
        return json!({ "type": "string", "description": words });
    }
    if let Some((_, least, greatest)) = NUMBERS.iter().find(|(number, ..)| *number == name) {
        let types = if *greatest > u64::from(u32::MAX) {
            json!(["integer", "string"])
        } else {
            json!("integer")
        };
        return json!({ "type": types, "minimum": least, "maximum": greatest });
    }
    if let Some(type_) = name.strip_suffix(".x") {
        let pattern = format!("^{}\\.[0-9]+$", type_.replace('.', "\\."));
        return json!({ "type": "string", "pattern": pattern });
    }
    match name {
        "any" => json!(true),
        "null" => json!({ "type": "null" }),
        "bool" => json!({ "type": "boolean" }),
        "operation" => json!({
            "title": "operation",
            "type": "array",
            "items": [{ "type": "integer" }, { "type": "object" }],
        }),
        structure => json!({ "title": structure, "type": "object" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_read_into_its_parts() {
        let text = "lookup(from: name|1.2.x, limit: uint32<=get_assets = most) -> [(string, any?)]";
        assert_eq!(name_of(text), "lookup");
        let signature = parse(text).expect("well formed");
        let [from, limit] = signature.parameters.as_slice() else { panic!("two parameters") };
        assert_eq!(from.type_, Type::Either(vec![Type::Named("name"), Type::Named("1.2.x")]));
        assert_eq!((from.name, from.default), ("from", None));
        assert_eq!((&limit.type_, limit.default), (&Type::UpTo("get_assets"), Some("most")));
        assert_eq!(signature.result.names(), ["string", "any"]);
    }

    #[test]
    fn a_malformed_signature_is_refused() {
        for text in ["name", "name()", "name(a) -> any", "name(a: [b) -> any", "name() -> any x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_beyond_32_bits_may_be_texts() {
        assert_eq!(Type::Named("uint64").schema()["type"], json!(["integer", "string"]));
        assert_eq!(Type::Named("uint32").schema()["type"], "integer");
        assert_eq!(Type::Named("1.2.x").schema()["pattern"], "^1\\.2\\.[0-9]+$");
    }
}
