//! Refusals as clients see them: the reference's codes, names and shape, our words.

use carbyne_ledger::{ErrorCode, Rejected, code};
use carbyne_wire::{JsonError, JsonErrorKind};
use serde_json::{Value, json};

/// Why a call failed.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// The call was refused while it was executed.
    Refused {
        /// The reference's code.
        code: ErrorCode,
        /// The reason.
        text: String,
        /// Where in the arguments; empty if nowhere in particular.
        place: String,
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
        Self::Refused { code, text: text.into(), place: String::new() }
    }

    /// The `error` member of an answer.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Refused { code, text, place } => json!({
                "code": code.number,
                "message": format!("Execution error: {}: {text}", code.what),
                "data": {
                    "code": code.number,
                    "name": code.name,
                    "message": code.what,
                    "stack": [{ "format": text, "data": place_of(place) }],
                },
            }),
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
        Self::refused(rejected.code(), rejected.to_string())
    }
}

/// What the reference's date parser says of nearly everything it cannot read.
const DATE: ErrorCode = ErrorCode {
    number: 13,
    name: "N5boost10wrapexceptINS_9gregorian16bad_day_of_monthEEE",
    what: "Day of month value is out of range 1..31",
};

impl From<JsonError> for ApiError {
    fn from(error: JsonError) -> Self {
        let JsonError { kind, path: place, message: text } = error;
        let code = match kind {
            JsonErrorKind::Parse => {
                ErrorCode { number: 4, name: "parse_error_exception", what: "Parse Error" }
            }
            JsonErrorKind::BadCast => {
                ErrorCode { number: 7, name: "bad_cast_exception", what: "Bad Cast" }
            }
            JsonErrorKind::Assert => code::ASSERT,
            JsonErrorKind::Hexadecimal => code::UNSPECIFIED,
            JsonErrorKind::Time => {
                return Self::Refused { code: DATE, text: format!("{}: {text}", DATE.what), place };
            }
        };
        Self::Refused { code, text, place }
    }
}

/// Where in the arguments something is wrong, for the data of an error.
fn place_of(place: &str) -> Value {
    if place.is_empty() { json!({}) } else { json!({ "place": place }) }
}
