//! The page: explorer, exchange and wallet for a browser, packed into the program when it was built
//! (`build.rs`).
//!
//! Invariant: whatever is answered here is the same for everybody and touches no state. A browser
//! is told to load nothing from elsewhere. This file must never know what the page does.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use std::io::Read;

/// A file of the page.
struct File {
    /// Its path.
    name: &'static str,
    mime: &'static str,
    gzip: &'static [u8],
}

/// Every file of the page; none if it was left out.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The file that begins the page.
const INDEX: &str = "index.html";
/// Files of this folder bear a hash of what is in them in their names.
const HASHED: &str = "assets/";

/// What the page may load: what this node serves; and it may ask any node.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// A file whose name would change with it is kept for a year.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// What is said where the page would be.
const LEFT_OUT: &str = "This is the API of a Carbyne node: POST a request or open a WebSocket.\n\
    The page was left out of this program: build it where Node 20 is installed, without \
    CARBYNE_WEB=skip, to find explorer, exchange and wallet here.\n";

/// Whether the page is in this program.
pub(crate) fn is_there() -> bool {
    FILES.iter().any(|file| file.name == INDEX)
}

/// The answer to a request for a file of the page; `None` if it asks for something else.
pub(super) fn respond(request: &Request<Body>) -> Option<Response> {
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_get || request.headers().contains_key(header::UPGRADE) {
        return None;
    }
    let name = match request.uri().path().strip_prefix('/')? {
        "" => INDEX,
        name => name,
    };
    match FILES.iter().find(|file| file.name == name) {
        Some(file) => Some(answer(file, request.headers())),
        None => (name == INDEX).then(|| (StatusCode::OK, LEFT_OUT).into_response()),
    }
}

fn answer(file: &'static File, asked: &HeaderMap) -> Response {
    let takes_gzip = asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(|one| one.trim().starts_with("gzip")));
    let body = if takes_gzip { Body::from(file.gzip) } else { Body::from(unpacked(file)) };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.mime));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if takes_gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let keep = if file.name.starts_with(HASHED) { FOR_EVER } else { ASK_AGAIN };
    headers.insert(header::CACHE_CONTROL, keep);
    protect(headers);
    response
}

/// Says to the browser what the page must not do.
fn protect(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert("cross-origin-opener-policy", same_origin.clone());
    headers.insert("cross-origin-resource-policy", same_origin);
}

/// The bytes of a file, which the build packed.
fn unpacked(file: &File) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _packed_by_the_build = GzDecoder::new(file.gzip).read_to_end(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Option<Response> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        respond(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_a_browser_that_asks_for_a_file_gets_one() {
        assert!(ask("GET", "/", &[]).is_some());
        assert!(ask("HEAD", "/", &[]).is_some());
        assert!(ask("POST", "/", &[]).is_none());
        assert!(ask("GET", "/", &[("upgrade", "websocket")]).is_none());
        assert!(ask("GET", "/../Cargo.toml", &[]).is_none());
        assert!(ask("GET", "/anything", &[]).is_none());
    }

    #[test]
    fn files_are_packed_for_who_can_read_that_and_kept_by_their_names() {
        for file in FILES {
            let path = format!("/{}", file.name);
            let packed = ask("GET", &path, &[("accept-encoding", "br, gzip")]).unwrap();
            assert_eq!(packed.headers()["content-encoding"], "gzip");
            let plain = ask("GET", &path, &[]).unwrap();
            assert!(!plain.headers().contains_key("content-encoding"));
            assert!(plain.headers().contains_key("content-security-policy"));
            let is_kept = plain.headers()["cache-control"] == FOR_EVER;
            assert_eq!(is_kept, file.name.starts_with(HASHED), "{}", file.name);
            assert!(!unpacked(file).is_empty());
        }
    }
}
