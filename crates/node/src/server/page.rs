//! The page: explorer, exchange and wallet for a browser, and the book under `/docs/`, packed into
//! the program when it was built (`build.rs`); and the OpenRPC document.
//!
//! Invariant: whatever is answered here is the same for everybody and touches no state. A browser
//! is told to load nothing from elsewhere. This file must never know what the page does.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use std::io::Read;
use std::sync::OnceLock;

/// A file of the page.
#[derive(Clone, Copy)]
struct File {
    /// Its path.
    name: &'static str,
    mime: &'static str,
    gzip: &'static [u8],
}

/// Every file of the page; none if it was left out.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The file that begins the page, and that of a folder of the book.
const INDEX: &str = "index.html";
/// The folder of the book.
const BOOK: &str = "docs";
/// Where the interface is written down for programs.
const OPENRPC: &str = "openrpc.json";
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

/// The path that a request asks for a file by, if it does.
fn asked_for(request: &Request<Body>) -> Option<&str> {
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_for_file = is_get && !request.headers().contains_key(header::UPGRADE);
    request.uri().path().strip_prefix('/').filter(|_| is_for_file)
}

/// The answer to a request for the OpenRPC document, which a node has with or without the page.
pub(super) fn respond_openrpc(request: &Request<Body>) -> Option<Response> {
    static PACKED: OnceLock<Vec<u8>> = OnceLock::new();
    asked_for(request).filter(|name| *name == OPENRPC)?;
    let gzip = PACKED.get_or_init(|| {
        let text = carbyne_api::openrpc::document().to_string();
        let mut packed = Vec::new();
        let _memory_never_fails =
            GzEncoder::new(text.as_bytes(), Compression::best()).read_to_end(&mut packed);
        packed
    });
    let file = File { name: OPENRPC, mime: "application/json", gzip };
    Some(answer(file, request.headers()))
}

/// The answer to a request for a file of the page or the book; `None` if it asks for something
/// else.
pub(super) fn respond(request: &Request<Body>) -> Option<Response> {
    let name = asked_for(request)?;
    if name == BOOK {
        // Links in it count from its folder.
        let to = [(header::LOCATION, HeaderValue::from_static("/docs/"))];
        return Some((StatusCode::PERMANENT_REDIRECT, to).into_response());
    }
    // A folder is its first page.
    let is_named = |file: &&File| match name.is_empty() || name.ends_with('/') {
        true => file.name.strip_suffix(INDEX) == Some(name),
        false => file.name == name,
    };
    match FILES.iter().find(is_named) {
        Some(file) => Some(answer(*file, request.headers())),
        None => name.is_empty().then(|| (StatusCode::OK, LEFT_OUT).into_response()),
    }
}

fn answer(file: File, asked: &HeaderMap) -> Response {
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
fn unpacked(file: File) -> Vec<u8> {
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
    fn the_openrpc_document_is_there_for_browsers_and_programs() {
        let packed = ask("GET", "/openrpc.json", &[("accept-encoding", "gzip")]);
        assert!(packed.is_none(), "it is no file of the page");
        let ask = |method: &str, headers: &[(&str, &str)]| {
            let mut request = Request::builder().method(method).uri("/openrpc.json");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            respond_openrpc(&request.body(Body::empty()).unwrap())
        };
        let plain = ask("GET", &[]).unwrap();
        assert_eq!(plain.headers()["content-type"], "application/json");
        assert_eq!(plain.headers()["cache-control"], ASK_AGAIN);
        let packed = ask("HEAD", &[("accept-encoding", "gzip")]).unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        assert!(ask("POST", &[]).is_none());
        assert!(ask("GET", &[("upgrade", "websocket")]).is_none());
    }

    /// The pages of the book, by name.
    fn book() -> std::collections::BTreeMap<&'static str, String> {
        let pages = FILES.iter().filter(|file| file.name.starts_with("docs/"));
        pages.map(|file| (file.name, String::from_utf8(unpacked(*file)).unwrap())).collect()
    }

    /// Where a link on a page leads to within the program; none if it leads elsewhere.
    fn target(page: &str, link: &str) -> Option<String> {
        if link.contains("://") {
            return None;
        }
        let mut parts: Vec<&str> = page.split('/').collect();
        parts.pop();
        let path = link.split('#').next().unwrap_or_default();
        for part in path.split('/').filter(|_| !path.is_empty()) {
            match part {
                ".." => drop(parts.pop().expect("a link out of the program")),
                part => parts.push(part),
            }
        }
        let found = parts.join("/");
        Some(match (path.is_empty(), found.as_str()) {
            (true, _) => page.to_owned(),
            (false, "") => INDEX.to_owned(),
            (false, folder) if folder.ends_with('/') => format!("{folder}{INDEX}"),
            _ => found,
        })
    }

    #[test]
    fn every_link_of_the_book_leads_somewhere() {
        let book = book();
        assert!(book.len() > 190, "{} pages", book.len());
        let mut wrong = Vec::new();
        for (name, text) in book.iter().filter(|(name, _)| name.ends_with(".html")) {
            for part in text.split("href=\"").skip(1) {
                let link = part.split('"').next().unwrap_or_default();
                let is_of_book = |to: &String| to.starts_with("docs/");
                let Some(to) = target(name, link).filter(is_of_book) else { continue };
                let anchor = link.split_once('#').map(|(_, anchor)| format!("id=\"{anchor}\""));
                let there = book.get(to.as_str());
                let is_there = there.is_some_and(|page| anchor.is_none_or(|id| page.contains(&id)));
                if !is_there {
                    wrong.push(format!("{name}: {link}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn the_book_needs_nothing_that_a_browser_is_told_not_to_load() {
        for (name, text) in book() {
            for word in ["<script", "style=", "src=\"http", "onclick", "@import", "url("] {
                assert!(!text.contains(word), "{name} has {word}");
            }
            let heads = text.matches("<h1").count();
            assert!(!name.ends_with(".html") || heads == 1, "{name} has {heads} headings");
        }
    }

    #[test]
    fn a_folder_of_the_book_is_its_first_page() {
        let moved = ask("GET", "/docs", &[]).unwrap();
        assert_eq!(moved.headers()["location"], "/docs/");
        for path in ["/docs/", "/docs/index.html", "/docs/api/", "/docs/contracts/"] {
            assert_eq!(ask("GET", path, &[]).unwrap().status(), StatusCode::OK, "{path}");
        }
        assert!(ask("GET", "/docs/nothing.html", &[]).is_none());
        assert!(ask("GET", "/docs/api/texts/dev.html", &[]).is_none(), "what pages are made of");
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
            assert!(!unpacked(*file).is_empty());
        }
    }
}
