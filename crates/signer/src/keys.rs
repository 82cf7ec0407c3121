//! Keys from a file that nobody but its owner may read: one in wallet import format on each line,
//! `#` begins a comment.

use carbyne_crypto::PrivateKey;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Keys in a file, at most.
const KEYS_MAX: usize = 100;
/// Bytes of a file, at most.
const BYTES_MAX: u64 = 64 << 10;
/// What group and others may do.
const OTHERS: u32 = 0o077;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Others could read it.
    #[error("{path} can be read or written by others (mode {mode:o}): chmod 600 it")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A line is no key.
    #[error("{path}, line {line}: this is no private key in wallet import format")]
    NoKey {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// There are none, or too many.
    #[error("{path} holds {count} keys; there must be 1 to {KEYS_MAX}")]
    Count {
        /// The file.
        path: PathBuf,
        /// How many.
        count: usize,
    },
}

/// The keys in a file.
pub fn read_keys(path: &Path) -> Result<Vec<PrivateKey>, KeysError> {
    let unreadable = |error| KeysError::Unreadable { path: path.to_owned(), error };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // Of the file that is open, so that no other can take its place in between.
    let mode = file.metadata().map_err(unreadable)?.mode() & 0o777;
    if mode & OTHERS != 0 {
        return Err(KeysError::Open { path: path.to_owned(), mode });
    }
    let mut text = String::new();
    file.take(BYTES_MAX).read_to_string(&mut text).map_err(unreadable)?;
    let mut keys = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let word = line.split('#').next().unwrap_or_default().trim();
        if !word.is_empty() {
            let key = PrivateKey::from_wif(word);
            let no_key = |_| KeysError::NoKey { path: path.to_owned(), line: number + 1 };
            keys.push(key.map_err(no_key)?);
        }
    }
    match keys.len() {
        1..=KEYS_MAX => Ok(keys),
        count => Err(KeysError::Count { path: path.to_owned(), count }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    fn check(text: &str, mode: u32, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let found = match read_keys(&path) {
            Ok(keys) => format!("{} keys", keys.len()),
            Err(error) => error.to_string().replace(path.to_str().unwrap(), "FILE"),
        };
        assert!(found.starts_with(expected), "{found}");
    }

    #[test]
    fn only_the_owner_can_read_keys() {
        let key = PrivateKey::from_seed("one").to_wif();
        check(&format!("# mine\n{key} # the first\n\n{key}\n"), 0o600, "2 keys");
        check(&key, 0o400, "1 keys");
        for mode in [0o640, 0o604, 0o620, 0o660, 0o610] {
            check(&key, mode, &format!("FILE can be read or written by others (mode {mode:o})"));
        }
        check(&format!("{key}\n5Jsecret\n"), 0o600, "FILE, line 2: this is no private key");
        check("# nothing\n", 0o600, "FILE holds 0 keys");
        check(&format!("{key}\n").repeat(101), 0o600, "FILE holds 101 keys");
    }
}
