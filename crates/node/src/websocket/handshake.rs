//! How a request becomes a WebSocket (RFC 6455, 4.2).

use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tungstenite::handshake::derive_accept_key;

/// The only version there is.
const VERSION: &str = "13";
/// The extension that compresses messages.
const DEFLATE: &str = "permessage-deflate";
/// Each message is compressed for itself; a client must agree to that (RFC 7692, 7.1.1).
const EACH_FOR_ITSELF: &str = "server_no_context_takeover; client_no_context_takeover";

/// What was agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    accept: String,
    extensions: Option<String>,
}

/// Why a request cannot become a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It does not ask for that.
    NotAsked,
    /// It has no key.
    NoKey,
    /// It is of another version.
    Version,
}

/// Reads the headers of a request to become a WebSocket.
pub fn handshake(headers: &HeaderMap, is_compressing: bool) -> Result<Handshake, Unfit> {
    if !has(headers, header::UPGRADE, "websocket") || !has(headers, header::CONNECTION, "upgrade") {
        return Err(Unfit::NotAsked);
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or(Unfit::NoKey)?;
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        return Err(Unfit::Version);
    }
    let offers = headers.get_all(header::SEC_WEBSOCKET_EXTENSIONS).into_iter();
    let mut offers = offers.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    let extensions = if is_compressing { offers.find_map(agreed) } else { None };
    Ok(Handshake { accept: derive_accept_key(key.as_bytes()), extensions })
}

/// Whether a word is in a list of them.
fn has(headers: &HeaderMap, name: header::HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|found| found.trim().eq_ignore_ascii_case(word))
}

/// What is agreed of an offer; none if it cannot be taken.
fn agreed(offer: &str) -> Option<String> {
    let mut parts = offer.split(';').map(str::trim);
    if parts.next()? != DEFLATE {
        return None;
    }
    let mut agreed = format!("{DEFLATE}; {EACH_FOR_ITSELF}");
    for part in parts {
        let (name, value) = part
            .split_once('=')
            .map_or((part, ""), |(name, value)| (name.trim(), value.trim().trim_matches('"')));
        match (name, value) {
            ("server_no_context_takeover" | "client_no_context_takeover", "") => {}
            ("client_max_window_bits", _) => {}
            ("server_max_window_bits", "15") => agreed.push_str("; server_max_window_bits=15"),
            _ => return None,
        }
    }
    Some(agreed)
}

impl Handshake {
    /// Whether messages may be compressed.
    pub fn is_compressing(&self) -> bool {
        self.extensions.is_some()
    }

    /// The answer that agrees.
    pub fn answer<B: Default>(&self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        let mut insert = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        insert(header::SEC_WEBSOCKET_ACCEPT, &self.accept);
        if let Some(extensions) = &self.extensions {
            insert(header::SEC_WEBSOCKET_EXTENSIONS, extensions);
        }
        response
    }
}

/// What is said to a request that is refused: status, a header and words.
type Answer = (StatusCode, [(header::HeaderName, &'static str); 1], String);

impl Unfit {
    /// The answer that says so; none where something else is asked for.
    pub fn answer(self) -> Option<Answer> {
        let version = [(header::SEC_WEBSOCKET_VERSION, VERSION)];
        let (status, text) = match self {
            Self::NotAsked => return None,
            Self::NoKey => (StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing\n"),
            Self::Version => (StatusCode::UPGRADE_REQUIRED, "WebSockets have version 13\n"),
        };
        Some((status, version, text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    const ASKED: [(&str, &str); 4] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-version", "13"),
    ];

    #[test]
    fn a_request_becomes_a_websocket_as_the_standard_says() {
        let handshake = handshake(&headers(&ASKED), true).expect("it is one");
        assert_eq!(handshake.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert!(!handshake.is_compressing());
    }

    #[test]
    fn what_is_missing_is_said() {
        for (missing, expected) in
            [(0, Unfit::NotAsked), (1, Unfit::NotAsked), (2, Unfit::NoKey), (3, Unfit::Version)]
        {
            let mut lines = ASKED.to_vec();
            lines.remove(missing);
            assert_eq!(handshake(&headers(&lines), true), Err(expected));
        }
    }

    #[test]
    fn the_first_offer_that_can_be_taken_is() {
        let plain = format!("{DEFLATE}; {EACH_FOR_ITSELF}");
        let wide = format!("{plain}; server_max_window_bits=15");
        for (offers, expected) in [
            ("permessage-deflate", Some(&plain)),
            ("permessage-deflate; client_max_window_bits", Some(&plain)),
            ("permessage-deflate;client_max_window_bits=\"10\"", Some(&plain)),
            ("permessage-deflate; server_max_window_bits=15", Some(&wide)),
            ("permessage-deflate; server_max_window_bits=10", None),
            ("permessage-deflate; server_max_window_bits=10, permessage-deflate", Some(&plain)),
            ("x-webkit-deflate-frame", None),
            ("permessage-deflate; unknown", None),
        ] {
            let lines = [&ASKED[..], &[("sec-websocket-extensions", offers)]].concat();
            let agreed = handshake(&headers(&lines), true).expect("it is one").extensions;
            assert_eq!(agreed.as_ref(), expected, "{offers}");
            let off = handshake(&headers(&lines), false).expect("it is one");
            assert!(!off.is_compressing());
        }
    }
}
