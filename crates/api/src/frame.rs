//! One frame: which method with which arguments, and how its answer is wrapped.
//!
//! Invariant: an answer has `result` or `error`, never both; `jsonrpc` only if the request had it,
//! except on errors of the frame itself, which always have it.

use crate::ApiError;
use carbyne_wire::{JsonTextError, as_written, parse_json};
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
    pub fn answer(&self, result: Result<Value, ApiError>) -> Option<Value> {
        let mut answer = Map::new();
        answer.insert("id".to_owned(), self.id.clone()?);
        if self.versioned {
            answer.insert("jsonrpc".to_owned(), Value::from("2.0"));
        }
        match result {
            Ok(value) => answer.insert("result".to_owned(), value),
            Err(error) => answer.insert("error".to_owned(), error.to_json()),
        };
        Some(Value::Object(answer))
    }
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
pub fn parse_frame(text: &str) -> Frame {
    match parse_json(text.as_bytes()) {
        Err(error) => malformed(-32700, "Invalid JSON message", Some(parse_error_data(&error))),
        Ok(Value::Object(members)) => parse_members(members),
        Ok(Value::Array(_)) => malformed(-32600, "Batch requests not supported", None),
        Ok(_) => malformed(-32600, "Invalid JSON request", None),
    }
}

fn parse_error_data(error: &JsonTextError) -> Value {
    let (code, name, message) = match error {
        JsonTextError::End => (11, "eof_exception", "End Of File"),
        JsonTextError::Malformed(_) => (4, "parse_error_exception", "Parse Error"),
    };
    let stack = json!([{ "format": error.to_string(), "data": {} }]);
    json!({ "code": code, "name": name, "message": message, "stack": stack })
}

fn parse_members(mut members: Map<String, Value>) -> Frame {
    // Ids keep their type, except numbers that JavaScript could not read back.
    let id = members.remove("id").map(as_written);
    if let Some(Value::Array(_) | Value::Object(_)) = id {
        return malformed(-32600, "Invalid id", None);
    }
    let method = match members.remove("method") {
        Some(Value::String(method)) if !method.is_empty() => Some(method),
        Some(_) => return malformed(-32600, "Missing or invalid method", None),
        None => None,
    };
    let versioned = match members.get("jsonrpc") {
        None => false,
        Some(Value::String(version)) if version == "2.0" => true,
        Some(_) => return malformed(-32600, "Unsupported JSON-RPC version", None),
    };
    // Without a version null means that no answer is wanted.
    let id = id.filter(|id| versioned || !id.is_null());
    let Some(method) = method else { return parse_reply(&members, id.is_some()) };
    let params = match members.remove("params") {
        None => Vec::new(),
        Some(Value::Array(params)) => params,
        Some(Value::Object(_)) => return malformed(-32602, "Named parameters not supported", None),
        Some(_) => return malformed(-32600, "Invalid parameters", None),
    };
    Frame::Request(Request { id, versioned, method, params })
}

fn parse_reply(members: &Map<String, Value>, has_id: bool) -> Frame {
    let is_reply = members.contains_key("result") || members.contains_key("error");
    match (is_reply, has_id) {
        (false, _) => malformed(-32600, "Missing method or result or error", None),
        (true, false) => malformed(-32600, "Missing or invalid id", None),
        (true, true) => Frame::Ignored,
    }
}
