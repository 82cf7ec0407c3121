//! What the reference's wallet answers, as `wallet/testdata/shapes.txt` says: read, and compared
//! with an answer, member by member.

use serde_json::Value;
use std::collections::BTreeMap;

/// The answers of the reference's wallet.
const SHAPES: &str = include_str!("../../../wallet/testdata/shapes.txt");

/// What a value looks like.
#[derive(Debug)]
enum Shape {
    /// A type by name: of the table, or one of those that need no table.
    Named(String),
    /// A list.
    List(Box<Shape>),
    /// A list of just these.
    Tuple(Vec<Shape>),
    /// An object of just these members; whether each may be missing.
    Object(Vec<(String, bool, Shape)>),
    /// Null, or this.
    Maybe(Box<Shape>),
}

/// Reads a type, token by token.
struct Tokens<'a>(std::iter::Peekable<std::vec::IntoIter<&'a str>>);

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Self {
        let is_mark = |c: char| "{}[](),:?".contains(c);
        let mut tokens = Vec::new();
        for word in text.split_whitespace() {
            let mut rest = word;
            while let Some(at) = rest.find(is_mark) {
                tokens.extend([&rest[..at], &rest[at..=at]].iter().filter(|one| !one.is_empty()));
                rest = &rest[at + 1..];
            }
            tokens.extend(Some(rest).filter(|one| !one.is_empty()));
        }
        Self(tokens.into_iter().peekable())
    }

    fn takes(&mut self, token: &str) -> bool {
        self.0.next_if_eq(&token).is_some()
    }

    fn name(&mut self) -> String {
        self.0.next().expect("a name").to_owned()
    }

    fn shape(&mut self) -> Shape {
        let shape = if self.takes("[") {
            let inner = self.shape();
            assert!(self.takes("]"), "a list ends");
            Shape::List(Box::new(inner))
        } else if self.takes("(") {
            Shape::Tuple(self.until(")", Self::shape))
        } else if self.takes("{") {
            Shape::Object(self.until("}", |tokens| {
                let (name, may_be_missing) = (tokens.name(), tokens.takes("?"));
                assert!(tokens.takes(":"), "{name} has a type");
                (name, may_be_missing, tokens.shape())
            }))
        } else {
            Shape::Named(self.name())
        };
        if self.takes("?") { Shape::Maybe(Box::new(shape)) } else { shape }
    }

    fn until<T>(&mut self, end: &str, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut all = Vec::new();
        while !self.takes(end) {
            all.push(one(self));
            self.takes(",");
        }
        all
    }
}

/// The table.
pub struct Shapes {
    types: BTreeMap<&'static str, Shape>,
    commands: BTreeMap<&'static str, Shape>,
}

impl Shapes {
    pub fn read() -> Self {
        let (mut types, mut commands) = (BTreeMap::new(), BTreeMap::new());
        for line in SHAPES.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, shape)) = line.split_once(" = ") {
                types.insert(name, Tokens::of(shape).shape());
            } else if let Some((name, shape)) = line.split_once(" -> ") {
                commands.insert(name, Tokens::of(shape).shape());
            }
        }
        Self { types, commands }
    }

    /// The commands it knows.
    pub fn commands(&self) -> impl Iterator<Item = &'static str> {
        self.commands.keys().copied()
    }

    /// What differs in the answer of a command; none for a command that the reference lacks.
    pub fn differ(&self, command: &str, answer: &Value) -> Option<Result<(), String>> {
        self.commands.get(command).map(|shape| self.compare(shape, answer, ""))
    }

    fn compare(&self, shape: &Shape, value: &Value, place: &str) -> Result<(), String> {
        match (shape, value) {
            (Shape::Maybe(_), Value::Null) => Ok(()),
            (Shape::Maybe(inner), value) => self.compare(inner, value, place),
            (Shape::List(inner), Value::Array(list)) => {
                let mut each = list.iter().enumerate();
                each.try_for_each(|(at, one)| self.compare(inner, one, &format!("{place}/{at}")))
            }
            (Shape::Tuple(inner), Value::Array(list)) if inner.len() == list.len() => {
                let mut each = inner.iter().zip(list).enumerate();
                each.try_for_each(|(at, (shape, one))| {
                    self.compare(shape, one, &format!("{place}/{at}"))
                })
            }
            (Shape::Object(members), Value::Object(object)) => {
                for name in object.keys() {
                    if !members.iter().any(|member| member.0 == *name) {
                        return Err(format!("{place} has {name}, which the reference lacks"));
                    }
                }
                for (name, may_be_missing, inner) in members {
                    match object.get(name) {
                        Some(one) => self.compare(inner, one, &format!("{place}/{name}"))?,
                        None if *may_be_missing => {}
                        None => return Err(format!("{place} lacks {name}")),
                    }
                }
                Ok(())
            }
            (Shape::Named(name), value) => match self.types.get(name.as_str()) {
                Some(shape) => self.compare(shape, value, place),
                None if is(name, value) => Ok(()),
                None => Err(format!("{place} is no {name}: {value}")),
            },
            (shape, value) => Err(format!("{place} is no {shape:?}: {value}")),
        }
    }
}

fn all(text: &str, fits: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(fits)
}

/// Whether a value is of a type that needs no table.
fn is(name: &str, value: &Value) -> bool {
    let text = value.as_str();
    let digits = |text: &str| all(text, |byte| byte.is_ascii_digit());
    match name {
        "any" => true,
        "null" => value.is_null(),
        "bool" => value.is_boolean(),
        "object" => value.is_object(),
        "text" => text.is_some(),
        "int" => {
            value.is_i64()
                || value.is_u64()
                || text.is_some_and(|text| digits(text.trim_start_matches('-')))
        }
        "hex" => text.is_some_and(|text| {
            text.len() % 2 == 0 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        }),
        "key" => text.is_some_and(|text| text.starts_with("BTS") && text.len() > 40),
        "id" => text.is_some_and(|text| text.split('.').filter(|part| digits(part)).count() == 3),
        "time" => text.is_some_and(|text| {
            text.len() == 19 && text.as_bytes()[10] == b'T' && text.as_bytes()[13] == b':'
        }),
        other => panic!("the table names the type {other}, which it lacks"),
    }
}

#[test]
fn what_differs_is_named() {
    let shapes = Shapes::read();
    let differ = |command, answer| shapes.differ(command, &answer).expect("a known command");
    use serde_json::json;
    assert_eq!(differ("is_new", json!(true)), Ok(()));
    assert_eq!(differ("get_account_count", json!("12345678901")), Ok(()));
    assert_eq!(differ("get_htlc", json!(null)), Ok(()));
    assert!(shapes.differ("margin_positions", &json!([])).is_none());
    for (command, answer) in [
        ("is_new", json!("true")),
        ("list_account_balances", json!([{ "amount": 1 }])),
        ("list_account_balances", json!([{ "amount": 1, "asset_id": "1.3.0", "more": 1 }])),
        ("list_account_balances", json!([{ "amount": 1, "asset_id": "BTS" }])),
        ("list_accounts", json!([["ann", "1.2.17", 1]])),
        ("lock", json!({})),
    ] {
        assert!(differ(command, answer.clone()).is_err(), "{command} {answer}");
    }
}
