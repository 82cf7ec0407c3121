//! Which web pages may ask.
//!
//! A browser says in `Origin` whose page asks, and lets no page lie about it; tools say nothing. A
//! page may ask the node it came from, and others if the operator names them. A page can have its
//! own name lead to this machine (DNS rebinding): therefore a node that only this machine can reach
//! is called by no foreign name.

use axum::http::{HeaderMap, HeaderValue, header};
use std::net::IpAddr;

/// Stands for every origin or host.
const ALL: &str = "*";

/// Who a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// No web page.
    Tool,
    /// A page of the node's own address.
    Own,
    /// A page of a node that only its own machine can reach, and that was called by its name: the
    /// node's own page.
    OwnHere,
    /// A page whose origin the operator named.
    Named(HeaderValue),
    /// A page that may ask because all may.
    Any(HeaderValue),
}

/// Why a page may not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Stranger {
    /// Of another origin.
    #[error(
        "this node takes no requests of pages of other origins; its operator can allow them \
             ([api] allowed_origins)"
    )]
    Origin,
    /// Called by a name that is not this machine's.
    #[error("this node is not called so; its operator can allow the name ([api] allowed_hosts)")]
    Host,
}

/// What is allowed.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    /// Origins that may ask.
    pub(super) origins: Vec<String>,
    /// Names that the node has beside those of this machine.
    pub(super) hosts: Vec<String>,
    /// Whether the name is looked at: only this machine can reach the node.
    pub(super) is_local: bool,
}

impl Origins {
    /// Who a request comes from, if it may ask.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<Origin, Stranger> {
        let host = text(headers, header::HOST);
        if self.is_local && !self.is_called(host.unwrap_or_default()) {
            return Err(Stranger::Host);
        }
        let Some(value) = headers.get(header::ORIGIN) else { return Ok(Origin::Tool) };
        let origin = value.to_str().map_err(|_| Stranger::Origin)?;
        let is_named = |named: &String| named.eq_ignore_ascii_case(origin);
        if self.origins.iter().any(is_named) {
            Ok(Origin::Named(value.clone()))
        } else if is_own(origin, host) {
            Ok(if self.knows_its_names() { Origin::OwnHere } else { Origin::Own })
        } else if self.origins.iter().any(|named| named == ALL) {
            Ok(Origin::Any(value.clone()))
        } else {
            Err(Stranger::Origin)
        }
    }

    /// Whether no other page can have been given the node's address: foreign names were refused.
    fn knows_its_names(&self) -> bool {
        self.is_local && !self.hosts.iter().any(|named| named == ALL)
    }

    /// Whether a node on this machine has that name; its port does not matter.
    fn is_called(&self, host: &str) -> bool {
        let name = name_of(host);
        let is_address = || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let is_named = |named: &String| named == ALL || named.eq_ignore_ascii_case(name);
        name.eq_ignore_ascii_case("localhost") || is_address() || self.hosts.iter().any(is_named)
    }
}

impl Origin {
    /// Whether it is a page that the operator did not name.
    pub(super) fn is_strange_page(&self) -> bool {
        matches!(self, Self::Own | Self::Any(_))
    }

    /// What a browser must be told so that the page can read the answer.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::Tool | Self::Own | Self::OwnHere => None,
            Self::Named(origin) | Self::Any(origin) => Some(origin.clone()),
        }
    }
}

/// Whether a page came from the address it asks, or from a proxy with TLS in front of it.
fn is_own(origin: &str, host: Option<&str>) -> bool {
    let rest = ["http://", "https://"].iter().find_map(|scheme| origin.strip_prefix(scheme));
    rest.is_some_and(|rest| host.is_some_and(|host| host.eq_ignore_ascii_case(rest)))
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(is_local: bool, origins: &[&str], hosts: &[&str]) -> Origins {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Origins { origins: owned(origins), hosts: owned(hosts), is_local }
    }

    /// What becomes of a request with this host and origin.
    fn check(origins: &Origins, host: &'static str, origin: &'static str, expected: &str) {
        let mut headers = HeaderMap::new();
        if !host.is_empty() {
            headers.insert(header::HOST, HeaderValue::from_static(host));
        }
        if !origin.is_empty() {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        let found = match origins.check(&headers) {
            Ok(Origin::Tool) => "tool",
            Ok(Origin::Own) => "own",
            Ok(Origin::OwnHere) => "own here",
            Ok(Origin::Named(_)) => "named",
            Ok(Origin::Any(_)) => "any",
            Err(Stranger::Origin) => "origin",
            Err(Stranger::Host) => "host",
        };
        assert_eq!(found, expected, "{host} {origin}");
    }

    #[test]
    fn tools_and_own_pages_may_ask_and_others_if_they_are_named() {
        let none = origins(false, &[], &[]);
        let some = origins(false, &["https://wallet.example", "null", "file://"], &[]);
        let all = origins(false, &["*", "app://wallet"], &[]);
        let node = "node.example:8090";
        for (origin, by_default, with_some, with_all) in [
            ("", "tool", "tool", "tool"),
            ("http://node.example:8090", "own", "own", "own"),
            ("https://node.example:8090", "own", "own", "own"),
            ("http://node.example", "origin", "origin", "any"),
            ("http://node.example:8090.evil.example", "origin", "origin", "any"),
            ("https://wallet.example", "origin", "named", "any"),
            ("https://wallet.example.evil.example", "origin", "origin", "any"),
            ("http://wallet.example", "origin", "origin", "any"),
            ("null", "origin", "named", "any"),
            ("file://", "origin", "named", "any"),
            ("app://wallet", "origin", "origin", "named"),
        ] {
            check(&none, node, origin, by_default);
            check(&some, node, origin, with_some);
            check(&all, node, origin, with_all);
        }
    }

    #[test]
    fn a_local_node_is_called_by_local_names_and_those_that_are_named() {
        let local = origins(true, &[], &["node.lan"]);
        let open = origins(true, &[], &["*"]);
        for (host, expected) in [
            ("127.0.0.1:8090", "tool"),
            ("127.9.9.9", "tool"),
            ("localhost:8090", "tool"),
            ("LocalHost", "tool"),
            ("[::1]:8090", "tool"),
            ("node.lan:8090", "tool"),
            ("evil.example:8090", "host"),
            ("localhost.evil.example", "host"),
            ("192.0.2.1:8090", "host"),
            ("", "host"),
        ] {
            check(&local, host, "", expected);
            check(&open, host, "", "tool");
        }
        check(&local, "evil.example:8090", "http://evil.example:8090", "host");
        check(&local, "localhost:8090", "http://localhost:8090", "own here");
        check(&open, "evil.example:8090", "http://evil.example:8090", "own");
        check(&origins(false, &[], &[]), "evil.example", "", "tool");
    }
}
