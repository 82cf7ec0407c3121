//! Frames are told apart as the reference does (fc/websocket_api.cpp, `on_message`): its order of
//! looking decides which of two faults is named.

use carbyne_api::{ApiError, Frame, Limits, parse_frame};
use serde_json::{Value, json};

/// The answer to the call in a frame, `silence`, or the code and the message of a refusal.
fn check(frame: &str, wanted: &str) {
    let got = match parse_frame(frame, &Limits::default()) {
        Frame::Request(request) => {
            let result = request.answer(Ok::<_, ApiError>(json!(request.params)));
            result.map_or("silence".to_owned(), |answer| answer.into_value().to_string())
        }
        Frame::Ignored => "silence".to_owned(),
        Frame::Malformed(answer) => {
            let error = &answer["error"];
            format!("{} {}", error["code"], error["message"].as_str().unwrap_or_default())
        }
    };
    assert_eq!(got, wanted, "{frame}");
}

#[test]
fn ids_come_back_as_they_were_sent() {
    check(r#"{"id":1,"method":"m","params":[2]}"#, r#"{"id":1,"result":[2]}"#);
    check(r#"{"id":"x","method":"m"}"#, r#"{"id":"x","result":[]}"#);
    check(r#"{"id":true,"method":"m"}"#, r#"{"id":true,"result":[]}"#);
    check(r#"{"id":1.5,"method":"m"}"#, r#"{"id":"1.50000000000000000","result":[]}"#);
    check(r#"{"id":"\u00e9","method":"m"}"#, r#"{"id":"é","result":[]}"#);
    for id in ["[]", "{}"] {
        check(&format!(r#"{{"id":{id},"method":"m"}}"#), "-32600 Invalid id");
    }
}

#[test]
fn no_answer_is_given_where_none_is_wanted() {
    check(r#"{"method":"m"}"#, "silence");
    check(r#"{"jsonrpc":"2.0","method":"m"}"#, "silence");
    check(r#"{"id":null,"method":"m"}"#, "silence");
    let wanted = r#"{"id":null,"jsonrpc":"2.0","result":[]}"#;
    check(r#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, wanted);
}

#[test]
fn methods_and_parameters_have_their_types() {
    for method in ["5", "null", r#""""#, "[]"] {
        let frame = format!(r#"{{"id":1,"method":{method},"params":[]}}"#);
        check(&frame, "-32600 Missing or invalid method");
    }
    for params in ["null", "5", r#""x""#, "false"] {
        let frame = format!(r#"{{"id":1,"method":"m","params":{params}}}"#);
        check(&frame, "-32600 Invalid parameters");
    }
    check(r#"{"id":1,"method":"m","params":{}}"#, "-32602 Named parameters not supported");
    for version in ["null", "2.0", r#""1.0""#] {
        let frame = format!(r#"{{"id":1,"method":"m","jsonrpc":{version}}}"#);
        check(&frame, "-32600 Unsupported JSON-RPC version");
    }
}

#[test]
fn the_first_fault_is_named() {
    check(r#"{"id":[],"method":5,"jsonrpc":"1.0","params":5}"#, "-32600 Invalid id");
    check(r#"{"method":5,"jsonrpc":"1.0","params":5}"#, "-32600 Missing or invalid method");
    let wanted = "-32600 Unsupported JSON-RPC version";
    check(r#"{"method":"m","jsonrpc":"1.0","params":5}"#, wanted);
    check(r#"{"jsonrpc":"1.0"}"#, wanted);
}

#[test]
fn answers_nobody_waits_for_are_ignored_if_they_have_an_id() {
    check(r#"{"id":1,"result":5}"#, "silence");
    check(r#"{"id":1,"error":{}}"#, "silence");
    check(r#"{"id":null,"jsonrpc":"2.0","result":5}"#, "silence");
    check(r#"{"result":5}"#, "-32600 Missing or invalid id");
    check(r#"{"id":null,"error":5}"#, "-32600 Missing or invalid id");
    check(r#"{"id":1}"#, "-32600 Missing method or result or error");
}

#[test]
fn a_frame_that_is_nested_too_deep_is_refused() {
    let deep = format!(r#"{{"id":1,"method":"m","params":{}}}"#, "[".repeat(1_000_000));
    check(&deep, "-32700 Invalid JSON message");
    let Frame::Malformed(answer) = parse_frame(&deep, &Limits::default()) else {
        panic!("it is refused")
    };
    assert_eq!(answer["error"]["data"]["name"], "parse_error_exception");
    let told = &answer["error"]["data"]["stack"][0]["format"];
    assert_eq!(told, &Value::from("Too many nested items in JSON input!"));
}
