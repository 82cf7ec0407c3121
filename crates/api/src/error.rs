//! Refusals as clients see them: the reference's codes, names, shape and words; ours stand beside
//! them in `data.reason` and `data.explanation`, which the reference does not have.

use carbyne_protocol::{ErrorCode, RefusedTransaction, Rejected, code};
use carbyne_wire::{JsonError, JsonErrorKind};
use serde_json::{Value, json};

/// Why a call failed.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// The call was refused while it was executed.
    Refused {
        /// The reference's code.
        code: ErrorCode,
        /// What the reference says after the name of the code.
        text: String,
        /// Where in the arguments; empty if nowhere in particular.
        place: String,
        /// What we say, where it is more.
        ours: Option<Box<Explanation>>,
    },
    /// A part of the work is done: who asks again, without anybody being told, comes nearer to the
    /// answer. In between the state is let go.
    Unfinished,
    /// There is no such method.
    MethodNotFound {
        /// The name asked for.
        name: String,
        /// The methods there are.
        known: Vec<&'static str>,
    },
    /// What the method asks for can be told over a WebSocket only.
    NeedsWebSocket {
        /// The method.
        method: &'static str,
    },
}

/// A refusal in our words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `Enum::Variant` of a typed reason.
    pub reason: Option<&'static str>,
    /// What is wrong, with the numbers that decided.
    pub text: String,
}

fn explained(reason: Option<&'static str>, text: String) -> Option<Box<Explanation>> {
    Some(Box::new(Explanation { reason, text }))
}

impl ApiError {
    /// A plain assertion.
    pub fn assert(text: impl Into<String>) -> Self {
        Self::refused(code::ASSERT, text)
    }

    /// A refusal without a type, which has code 0.
    pub fn unspecified(text: impl Into<String>) -> Self {
        Self::refused(code::UNSPECIFIED, text)
    }

    /// A refusal with a code.
    pub fn refused(code: ErrorCode, text: impl Into<String>) -> Self {
        Self::Refused { code, text: text.into(), place: String::new(), ours: None }
    }

    /// The same refusal, explained in our words.
    pub fn explained(mut self, explanation: impl Into<String>) -> Self {
        if let Self::Refused { ours, .. } = &mut self {
            *ours = explained(None, explanation.into());
        }
        self
    }

    /// What is wrong, in a sentence.
    pub fn text(&self) -> &str {
        match self {
            Self::Refused { text, .. } => text,
            Self::Unfinished => "it is not finished",
            Self::MethodNotFound { name, .. } => name,
            Self::NeedsWebSocket { method } => method,
        }
    }

    /// The `error` member of an answer.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Refused { code, text, place, ours } => {
                let mut data = json!({
                    "code": code.number,
                    "name": code.name,
                    "message": code.what,
                    "stack": [{ "format": text, "data": place_of(place) }],
                });
                if let Some(Explanation { reason, text }) = ours.as_deref() {
                    data["explanation"] = text.as_str().into();
                    if let Some(reason) = reason {
                        data["reason"] = (*reason).into();
                    }
                }
                let message = format!("Execution error: {}", code.say(text));
                json!({ "code": code.number, "message": message, "data": data })
            }
            Self::NeedsWebSocket { method } => Self::assert(format!(
                "{method} has something told later, which an answer to a POST cannot: open a \
                 WebSocket on the same address"
            ))
            .to_json(),
            Self::Unfinished => Self::unspecified("ask again").to_json(),
            Self::MethodNotFound { name, known } => json!({
                "code": -32601,
                "message": "Method not found",
                "data": {
                    "code": 22,
                    "name": "method_not_found_exception",
                    "message": "Method Not Found",
                    "stack": [{
                        "format": "No method with name '${name}'",
                        "data": { "name": name, "api": known },
                    }],
                },
            }),
        }
    }
}

impl From<Rejected> for ApiError {
    fn from(rejected: Rejected) -> Self {
        Self::Refused {
            code: rejected.code(),
            text: rejected.reference_words(),
            place: String::new(),
            ours: explained(Some(rejected.reason()), rejected.to_string()),
        }
    }
}

impl From<&RefusedTransaction> for ApiError {
    fn from(refused: &RefusedTransaction) -> Self {
        Self::Refused {
            code: refused.code,
            text: refused.reference_words.clone(),
            place: String::new(),
            ours: explained(Some(refused.reason), refused.text.clone()),
        }
    }
}

impl From<JsonError> for ApiError {
    fn from(error: JsonError) -> Self {
        let ours = error.explanation.and_then(|text| explained(None, text));
        let JsonError { kind, path: place, message: text, .. } = error;
        let code = match kind {
            JsonErrorKind::Parse => {
                ErrorCode { number: 4, name: "parse_error_exception", what: "Parse Error" }
            }
            JsonErrorKind::BadCast => {
                ErrorCode { number: 7, name: "bad_cast_exception", what: "Bad Cast" }
            }
            JsonErrorKind::OutOfRange => code::OUT_OF_RANGE_VALUE,
            JsonErrorKind::Assert => code::ASSERT,
            JsonErrorKind::Hexadecimal => code::UNSPECIFIED,
            JsonErrorKind::Foreign(foreign) => {
                let (name, what) = (foreign.name(), foreign.what());
                let code = ErrorCode { number: 13, name, what };
                return Self::Refused { code, text: format!("{what}: {text}"), place, ours };
            }
        };
        Self::Refused { code, text, place, ours }
    }
}

/// Where in the arguments something is wrong, for the data of an error.
fn place_of(place: &str) -> Value {
    if place.is_empty() { json!({}) } else { json!({ "place": place }) }
}
