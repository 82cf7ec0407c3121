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
    },
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
        Self::Refused { code: code::ASSERT, text: text.into() }
    }

    /// A refusal without a type, which has code 0.
    pub fn unspecified(text: impl Into<String>) -> Self {
        let code = ErrorCode { what: "unspecified", ..code::UNSPECIFIED };
        Self::Refused { code, text: text.into() }
    }

    /// The `error` member of an answer.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Refused { code, text } => json!({
                "code": code.number,
                "message": format!("Execution error: {}: {text}", code.what),
                "data": {
                    "code": code.number,
                    "name": code.name,
                    "message": code.what,
                    "stack": [{ "format": text, "data": {} }],
                },
            }),
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
        Self::Refused { code: rejected.code(), text: rejected.to_string() }
    }
}

impl From<JsonError> for ApiError {
    fn from(error: JsonError) -> Self {
        let code = match error.kind {
            JsonErrorKind::Parse => {
                ErrorCode { number: 4, name: "parse_error_exception", what: "Parse Error" }
            }
            JsonErrorKind::BadCast => {
                ErrorCode { number: 7, name: "bad_cast_exception", what: "Bad Cast" }
            }
            JsonErrorKind::Assert => code::ASSERT,
        };
        // The message is the reference's; the place in the arguments stands in front of it where it is known.
        Self::Refused { code, text: error.to_string() }
    }
}
