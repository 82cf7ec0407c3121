//! One frame: which method with which arguments, and how its answer is wrapped.
//!
//! Invariant: an answer has `result` or `error`, never both; `jsonrpc` only if the request had it,
//! except on errors of the frame itself, which always have it.

use crate::answer::{Answer, write_value};
use crate::limits::Excess;
use crate::{ApiError, Limits};
use carbyne_wire::{JsonTextError, as_written, parse_json_within};
use serde_json::{Map, Value, json};

/// A call that can be executed.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The id to answer with; none if no answer is wanted.
    pub id: Option<Value>,
    /// Whether the answer carries `jsonrpc`.
    pub versioned: bool,
    /// The method.
    pub method: String,
    /// Its parameters.
    pub params: Vec<Value>,
}

impl Request {
    /// Wraps what the call gave; none if no answer is wanted.
    pub fn answer(&self, result: Result<impl Into<Answer>, ApiError>) -> Option<Reply> {
        let mut envelope = Map::new();
        envelope.insert("id".to_owned(), self.id.clone()?);
        if self.versioned {
            envelope.insert("jsonrpc".to_owned(), Value::from("2.0"));
        }
        Some(Reply::Answer { envelope, result: result.map(Into::into) })
    }
}

/// An answer in its envelope, to be written when nobody waits for the state.
#[derive(Debug)]
pub enum Reply {
    /// To a request.
    Answer {
        /// `id`, and `jsonrpc` if the request had it.
        envelope: Map<String, Value>,
        /// What the call gave.
        result: Result<Answer, ApiError>,
    },
    /// To what is no request: why.
    Malformed(Value),
}

impl Reply {
    /// Whether it tells an error.
    pub fn is_error(&self) -> bool {
        !matches!(self, Self::Answer { result: Ok(_), .. })
    }

    /// Whether what it answers was a request at all: named a method that there is.
    pub fn is_request(&self) -> bool {
        !matches!(
            self,
            Self::Malformed(_) | Self::Answer { result: Err(ApiError::MethodNotFound { .. }), .. }
        )
    }

    /// As JSON, however large.
    pub fn into_value(self) -> Value {
        match self {
            Self::Malformed(answer) => answer,
            Self::Answer { envelope, result: Ok(answer) } => {
                closed(envelope, "result", answer.into_value())
            }
            Self::Answer { envelope, result: Err(error) } => {
                closed(envelope, "error", error.to_json())
            }
        }
    }

    /// As text; a refusal instead if it is larger than answers may be.
    pub fn into_text(self, limits: &Limits) -> String {
        let text = match self {
            Self::Answer { envelope, result: Ok(answer) } => {
                let mut text = opened(&envelope);
                match answer.write(&mut text, limits.answer_bytes) {
                    Ok(()) => text.push(b'}'),
                    Err(excess) => {
                        let refused = Self::Answer { envelope, result: Err(excess.into()) };
                        text.clear();
                        write_value(&refused.into_value(), &mut text);
                    }
                }
                text
            }
            other => other.into_value().to_string().into_bytes(),
        };
        // What JSON is written as is UTF-8.
        String::from_utf8(text).unwrap_or_default()
    }
}

/// An envelope with its last member.
fn closed(mut envelope: Map<String, Value>, name: &str, value: Value) -> Value {
    envelope.insert(name.to_owned(), value);
    Value::Object(envelope)
}

/// The text of an envelope up to its result.
fn opened(envelope: &Map<String, Value>) -> Vec<u8> {
    let mut text = b"{".to_vec();
    for (name, value) in envelope {
        write_value(&Value::from(name.as_str()), &mut text);
        text.push(b':');
        write_value(value, &mut text);
        text.push(b',');
    }
    text.extend_from_slice(b"\"result\":");
    text
}

/// What a frame asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// A call.
    Request(Request),
    /// An answer to something never asked: ignored.
    Ignored,
    /// Not a request; the answer says why.
    Malformed(Value),
}

fn malformed(code: i32, message: &str, data: Option<Value>) -> Frame {
    let mut error = json!({ "code": code, "message": message });
    if let (Some(data), Some(members)) = (data, error.as_object_mut()) {
        members.insert("data".to_owned(), data);
    }
    Frame::Malformed(json!({ "id": null, "jsonrpc": "2.0", "error": error }))
}

/// Reads one frame.
pub fn parse_frame(text: &str, limits: &Limits) -> Frame {
    match parse_json_within(text.as_bytes(), limits.request_values as usize) {
        Err(JsonTextError::TooMany(_)) => {
            let excess = Excess::RequestValues { most: limits.request_values };
            malformed(-32600, &excess.to_string(), None)
        }
        Err(error) => malformed(-32700, "Invalid JSON message", Some(parse_error_data(&error))),
        Ok(Value::Object(members)) => parse_members(members),
        Ok(Value::Array(_)) => malformed(-32600, "Batch requests not supported", None),
        Ok(_) => malformed(-32600, "Invalid JSON request", None),
    }
}

fn parse_error_data(error: &JsonTextError) -> Value {
    let (code, name, message) = match error {
        JsonTextError::End => (11, "eof_exception", "End Of File"),
        JsonTextError::Malformed(_) | JsonTextError::TooMany(_) => {
            (4, "parse_error_exception", "Parse Error")
        }
    };
    let stack = json!([{ "format": error.to_string(), "data": {} }]);
    json!({ "code": code, "name": name, "message": message, "stack": stack })
}

fn parse_members(mut members: Map<String, Value>) -> Frame {
    let versioned = match members.get("jsonrpc") {
        None => false,
        Some(Value::String(version)) if version == "2.0" => true,
        Some(_) => return malformed(-32600, "Unsupported JSON-RPC version", None),
    };
    let id = match members.remove("id") {
        None => None,
        Some(Value::Array(_) | Value::Object(_) | Value::Bool(_)) => {
            return malformed(-32600, "Invalid id", None);
        }
        // Ids keep their type, except numbers that JavaScript could not read back.
        Some(id) => Some(as_written(id)),
    };
    let method = match members.remove("method") {
        Some(Value::String(method)) => method,
        Some(_) => return malformed(-32600, "Missing or invalid method", None),
        None if members.contains_key("result") || members.contains_key("error") => {
            return Frame::Ignored;
        }
        None => return malformed(-32600, "Missing method or result or error", None),
    };
    let params = match members.remove("params") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(params)) => params,
        Some(Value::Object(_)) => return malformed(-32602, "Named parameters not supported", None),
        Some(_) => return malformed(-32600, "Invalid parameters", None),
    };
    Frame::Request(Request { id, versioned, method, params })
}
