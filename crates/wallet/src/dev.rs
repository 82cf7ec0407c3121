//! The chain of `carbyne dev`: its keys are derived from fixed words, so everybody knows them.
//!
//! Money on such a chain is worth nothing. Never used on a chain whose account `dev` has another
//! key.

use carbyne_crypto::PrivateKey;
use std::path::Path;

/// The funded account.
pub const ACCOUNT: &str = "dev";
/// How many witnesses there are, `init0` and so on.
pub const WITNESSES: usize = 11;
/// The words from which keys of accounts follow, unless others are given.
pub const SEED: &str = "carbyne dev";
/// The file in the data directory that says where the node is, and what the words are.
const WHERE: &str = "api.txt";
/// The data directory, unless another is chosen.
const DATA_DIR: &str = "data/dev";

/// The key of the funded account.
pub fn account_key() -> PrivateKey {
    PrivateKey::from_seed("carbyne dev account")
}

/// The keys of the witnesses.
pub fn witness_keys() -> Vec<PrivateKey> {
    (0..WITNESSES).map(witness_key).collect()
}

fn witness_key(number: usize) -> PrivateKey {
    PrivateKey::from_seed(&format!("carbyne dev witness {number}"))
}

/// The key of another account: of those that are printed, and of those that the everyday commands
/// create.
pub fn key_from_words(words: &str, name: &str) -> PrivateKey {
    PrivateKey::from_seed(&format!("{words} {name}"))
}

/// The key of an account of such a chain.
pub(crate) fn key_of(words: &str, name: &str) -> PrivateKey {
    let witness = name.strip_prefix("init").and_then(|number| number.parse::<usize>().ok());
    match witness.filter(|number| *number < WITNESSES) {
        _ if name == ACCOUNT => account_key(),
        Some(number) => witness_key(number),
        None => key_from_words(words, name),
    }
}

/// Where the node of a folder listens, and the words of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// `ws://` and an address.
    pub url: String,
    /// The words from which its keys follow.
    pub words: String,
}

impl Here {
    /// Says it in a data directory.
    pub fn write(&self, data_dir: &Path) -> std::io::Result<()> {
        std::fs::write(data_dir.join(WHERE), format!("{}\n{}\n", self.url, self.words))
    }

    /// What the node of this folder said.
    pub(crate) fn find() -> Option<Self> {
        Self::read(Path::new(DATA_DIR))
    }

    fn read(data_dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(data_dir.join(WHERE)).ok()?;
        let (url, words) = text.trim_end().split_once('\n')?;
        url.starts_with("ws://").then(|| Self { url: url.to_owned(), words: words.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_says_where_its_node_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(Here::read(folder.path()), None);
        let here = Here { url: "ws://127.0.0.1:8090".to_owned(), words: "my words".to_owned() };
        here.write(folder.path()).expect("written");
        assert_eq!(Here::read(folder.path()), Some(here));
    }

    #[test]
    fn keys_of_names_are_those_that_are_printed() {
        assert_eq!(key_of(SEED, "alice"), key_from_words(SEED, "alice"));
        assert_ne!(key_of("other", "alice"), key_of(SEED, "alice"));
        assert_eq!(key_of("other", "dev"), account_key());
        assert_eq!(key_of(SEED, "init10"), witness_keys()[10]);
        assert_eq!(key_of(SEED, "init11"), key_from_words(SEED, "init11"));
    }
}
