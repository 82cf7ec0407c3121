//! One frame: which method with which arguments, and how its answer is wrapped; or a batch of them.
//!
//! Invariant: an answer has `result` or `error`, never both; `jsonrpc` only if the request had it,
//! except on errors of the frame itself, which always have it.
//!
//! The reference takes no batches and says so of every array. Here an array in which something is a
//! call is one; of any other array the same is said.

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
    /// To what is not executed: an error, or those of a batch.
    Ready(Value),
}

impl Reply {
    /// Whether it tells an error.
    pub fn is_error(&self) -> bool {
        !matches!(self, Self::Answer { result: Ok(_), .. })
    }

    /// Whether what it answers was a request at all: named a method that there is.
    pub fn is_request(&self) -> bool {
        match self {
            Self::Answer { result, .. } => !matches!(result, Err(ApiError::MethodNotFound { .. })),
            Self::Ready(answer) => {
                let code = answer.pointer("/error/code").and_then(Value::as_i64);
                code.is_none_or(|code| code > -32_600)
            }
        }
    }

    /// As JSON, however large.
    pub fn into_value(self) -> Value {
        match self {
            Self::Ready(answer) => answer,
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

/// What a text holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Frames {
    /// One frame.
    One(Frame),
    /// A batch: what each of its parts asks for, in order.
    Batch(Vec<Frame>),
}

/// Reads one frame, as the reference does.
pub fn parse_frame(text: &str, limits: &Limits) -> Frame {
    match parse_json_within(text.as_bytes(), limits.request_values as usize) {
        Err(JsonTextError::TooMany(_)) => {
            let excess = Excess::RequestValues { most: limits.request_values };
            malformed(-32600, &excess.to_string(), None)
        }
        Err(error) => malformed(-32700, "Invalid JSON message", Some(parse_error_data(&error))),
        Ok(value) => frame_of(value),
    }
}

/// Reads one frame or a batch of at most `most` calls.
pub fn parse_frames(text: &str, most: usize, limits: &Limits) -> Frames {
    match parse_json_within(text.as_bytes(), limits.request_values as usize) {
        Ok(Value::Array(parts)) if parts.iter().any(is_call) => {
            if parts.len() > most {
                let message = format!("A batch may have {most} requests");
                return Frames::One(malformed(-32600, &message, None));
            }
            Frames::Batch(parts.into_iter().map(frame_of).collect())
        }
        Ok(value) => Frames::One(frame_of(value)),
        Err(_) => Frames::One(parse_frame(text, limits)),
    }
}

fn is_call(value: &Value) -> bool {
    value.get("method").is_some()
}

fn frame_of(value: Value) -> Frame {
    match value {
        Value::Object(members) => parse_members(members),
        Value::Array(_) => malformed(-32600, "Batch requests not supported", None),
        _ => malformed(-32600, "Invalid JSON request", None),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids of the calls of a text, and the messages of what is none.
    fn check(text: &str, expected: &[&str]) {
        let shown = |frame: &Frame| match frame {
            Frame::Request(request) => format!("{:?}", request.id.as_ref().map(Value::to_string)),
            Frame::Ignored => "ignored".to_owned(),
            Frame::Malformed(answer) => {
                answer.pointer("/error/message").map(Value::to_string).unwrap_or_default()
            }
        };
        let shown: Vec<String> = match parse_frames(text, 3, &Limits::default()) {
            Frames::One(frame) => vec![shown(&frame)],
            Frames::Batch(frames) => frames.iter().map(shown).collect(),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn an_array_with_a_call_is_a_batch_of_bounded_length() {
        let call = r#"{"id":1,"method":"m"}"#;
        let one = r#"Some("1")"#;
        check(call, &[one]);
        check(&format!("[{call}]"), &[one]);
        check(&format!("[{call},{call},{call}]"), &[one, one, one]);
        check(
            r#"[{"method":"m"},{"id":2,"result":3},{"id":"x","method":"m"}]"#,
            &["None", "ignored", r#"Some("\"x\"")"#],
        );
        check(
            &format!("[{call},5,[]]"),
            &[one, r#""Invalid JSON request""#, r#""Batch requests not supported""#],
        );
        check(&format!("[{call},{call},{call},{call}]"), &[r#""A batch may have 3 requests""#]);
    }

    #[test]
    fn other_arrays_are_refused_as_the_reference_refuses_them() {
        for text in ["[]", "[1]", r#"[{"id":1}]"#, "[[]]"] {
            check(text, &[r#""Batch requests not supported""#]);
            let Frames::One(frame) = parse_frames(text, 3, &Limits::default()) else {
                panic!("{text}")
            };
            assert_eq!(frame, parse_frame(text, &Limits::default()));
        }
        check("[", &[r#""Invalid JSON message""#]);
    }
}
