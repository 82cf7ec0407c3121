//! Asks a running node over HTTP, for commands that need one.
//!
//! This file must never know what is asked.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the node may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Gets a page of JSON.
pub fn get(address: SocketAddr, path: &str) -> Result<Value> {
    ask(address, &format!("GET {path}"), "")
}

/// Calls a method of an API; an error if it is refused.
pub fn call(address: SocketAddr, api: &str, method: &str, arguments: Value) -> Result<Value> {
    let request = json!({ "id": 1, "method": "call", "params": [api, method, arguments] });
    let asked = ask(address, "POST /", &request.to_string());
    let mut answer = asked.with_context(|| format!("no node answers at {address}"))?;
    if let Some(error) = answer.get("error") {
        let said = error["data"]["explanation"].as_str().or(error["message"].as_str());
        // What the reference puts before every refusal says nothing.
        let why = said.unwrap_or_default().trim_start_matches("Execution error: ");
        bail!("the node refuses {method}: {}", why.trim_start_matches("Assert Exception: "));
    }
    Ok(answer["result"].take())
}

fn ask(address: SocketAddr, what: &str, body: &str) -> Result<Value> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_LIMIT)?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    let length = body.len();
    write!(
        stream,
        "{what} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("its answer is no HTTP")?;
    serde_json::from_str(body).context("its answer is not JSON")
}
