//! How many files the process may open: as many as sockets need, if the system lets it.
//!
//! Sockets never take the last of them: what the chain and its history need is kept back.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are open beside sockets: blocks, snapshots, logs, and the files of history, of which
/// there are most while it merges them.
const OTHER_FILES: u64 = 512;

/// Raises the limit of open files so that `connections` fit; says if that cannot be. How many do.
pub fn raise_limit(connections: usize) -> usize {
    let wanted = (connections as u64).saturating_add(OTHER_FILES);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let mut allowed = most(current, wanted, maximum);
    if current.is_some_and(|current| current < allowed) {
        let raised = Rlimit { current: Some(allowed), maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(%error, "cannot raise the limit of open files");
            allowed = current.unwrap_or(allowed);
        }
    }
    let fit = sockets_of(allowed).min(connections);
    if fit < connections {
        tracing::warn!(
            allowed,
            wanted,
            "the system does not let this process open enough files for [api] connections = \
             {connections}; {fit} fit: raise its limit (ulimit -Hn, LimitNOFILE) or set fewer"
        );
    }
    fit
}

/// Sockets that there may be beside other files, if so many files may be open.
fn sockets_of(files: u64) -> usize {
    usize::try_from(files - OTHER_FILES.min(files / 2)).unwrap_or(usize::MAX)
}

/// Files the process may open now; none if there is no limit.
pub fn limit() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// What the limit can be: none means without limit.
fn most(current: Option<u64>, wanted: u64, maximum: Option<u64>) -> u64 {
    let wanted = current.map_or(wanted, |current| current.max(wanted));
    maximum.map_or(wanted, |maximum| maximum.min(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_as_far_as_the_system_allows() {
        for (current, wanted, maximum, expected) in [
            (Some(1_024), 500, Some(4_096), 1_024),
            (Some(1_024), 2_000, Some(4_096), 2_000),
            (Some(1_024), 20_000, Some(4_096), 4_096),
            (Some(1_024), 20_000, None, 20_000),
            (None, 20_000, None, 20_000),
        ] {
            assert_eq!(most(current, wanted, maximum), expected);
        }
    }

    #[test]
    fn sockets_never_take_the_last_files() {
        for (files, expected) in
            [(20_512, 20_000), (20_000, 19_488), (1_024, 512), (600, 300), (1, 1)]
        {
            assert_eq!(sockets_of(files), expected);
        }
    }
}
