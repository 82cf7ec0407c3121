//! The wallet's own file.
//!
//! JSON: what is in the open, how the key is derived from the password (argon2id), and the rest
//! sealed with XChaCha20-Poly1305. Everything in the open is vouched for by the seal, so nobody
//! without the password changes a label or the chain unseen.

use super::data::{Data, Public};
use crate::error::{Result, WalletError};
use argon2::{Algorithm, Argon2, Params, Version};
use carbyne_crypto::hash::sha256;
use carbyne_wire::Dialect;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// What the file calls itself.
const FORMAT: &str = "carbyne wallet";
/// The version that is written: the second has the accounts that were paid. Older ones are read.
const VERSION: u64 = 2;
/// Largest file that is read, bytes.
const FILE_MAX: u64 = 64 << 20;
/// Most memory that a file may ask for to derive its key, KiB.
const MEMORY_KIB_MAX: u32 = 1 << 20;
/// Most passes over it.
const PASSES_MAX: u32 = 64;

/// How a key is derived from a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Memory, KiB.
    memory_kib: u32,
    /// Passes over it.
    passes: u32,
}

impl Effort {
    /// What a new password gets: 64 MiB, three passes (RFC 9106, second recommendation).
    #[cfg(not(test))]
    const USUAL: Self = Self { memory_kib: 64 << 10, passes: 3 };
    #[cfg(test)]
    const USUAL: Self = Self::LEAST;
    /// What tests get, which open thousands of files.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };
    /// The most that a file may ask for.
    const MOST: Self = Self { memory_kib: MEMORY_KIB_MAX, passes: PASSES_MAX };

    fn is_within(self, most: Self) -> bool {
        (Self::LEAST.memory_kib..=most.memory_kib).contains(&self.memory_kib)
            && (Self::LEAST.passes..=most.passes).contains(&self.passes)
    }
}

/// A key that opens a file, with what it was derived from. Wiped when dropped.
#[derive(Clone)]
pub struct Sealed {
    key: Zeroizing<[u8; 32]>,
    salt: [u8; 16],
    effort: Effort,
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|_| WalletError::impossible("the system gives no random numbers"))?;
    Ok(bytes)
}

fn derive(password: &str, salt: &[u8; 16], effort: Effort) -> Result<Zeroizing<[u8; 32]>> {
    let broken = |error: argon2::Error| WalletError::impossible(error.to_string());
    let params = Params::new(effort.memory_kib, effort.passes, 1, Some(32)).map_err(broken)?;
    let mut key = Zeroizing::new([0; 32]);
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(password.as_bytes(), salt, &mut *key).map_err(broken)?;
    Ok(key)
}

impl Sealed {
    /// A key for a new password.
    pub fn with_password(password: &str) -> Result<Self> {
        Self::with_effort(password, Effort::USUAL)
    }

    /// A key for a new password that takes so much effort.
    pub fn with_effort(password: &str, effort: Effort) -> Result<Self> {
        let salt = random()?;
        Ok(Self { key: derive(password, &salt, effort)?, salt, effort })
    }

    /// The text of a file of a chain with that dialect.
    pub fn seal(&self, public: &Public, data: &Data, dialect: Dialect) -> Result<String> {
        let nonce: [u8; 24] = random()?;
        let mut file = json!({
            "format": FORMAT,
            "version": VERSION,
            "public": public.to_json(dialect),
            "derivation": {
                "name": "argon2id",
                "memory_kib": self.effort.memory_kib,
                "passes": self.effort.passes,
                "salt": hex::encode(self.salt),
            },
            "cipher": "xchacha20poly1305",
            "nonce": hex::encode(nonce),
        });
        let aad = file.to_string();
        let plain = data.to_text(dialect);
        let payload = Payload { msg: plain.as_bytes(), aad: aad.as_bytes() };
        let cipher = XChaCha20Poly1305::new((&*self.key).into());
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| WalletError::impossible("too much to encrypt"))?;
        file["sealed"] = hex::encode(sealed).into();
        Ok(format!("{file:#}\n"))
    }

    /// What is in the open of a file; nobody vouches for it until the file is opened.
    pub fn public_of(text: &str, file: &Path, dialect: Dialect) -> Result<Public> {
        let value = Self::parse(text, file)?;
        let public = Public::from_json(&value["public"], dialect);
        public.map_err(|error| not_a_wallet(file, error.to_string()))
    }

    /// Opens a file with a password.
    pub fn open(
        text: &str,
        file: &Path,
        password: &str,
        dialect: Dialect,
    ) -> Result<(Self, Public, Data)> {
        Self::open_within(text, file, (password, Effort::MOST), dialect)
    }

    /// Opens a file with a password, if that asks for so much effort at most.
    pub fn open_within(
        text: &str,
        file: &Path,
        (password, most): (&str, Effort),
        dialect: Dialect,
    ) -> Result<(Self, Public, Data)> {
        let mut value = Self::parse(text, file)?;
        let damaged = |why: &str| not_a_wallet(file, why);
        let effort = effort_of(&value["derivation"]).filter(|effort| effort.is_within(most));
        let effort = effort.ok_or_else(|| damaged("its derivation"))?;
        let salt = bytes::<16>(&value["derivation"]["salt"]).ok_or_else(|| damaged("its salt"))?;
        let nonce = bytes::<24>(&value["nonce"]).ok_or_else(|| damaged("its nonce"))?;
        let sealed = value.as_object_mut().and_then(|members| members.remove("sealed"));
        let sealed =
            sealed.as_ref().and_then(Value::as_str).and_then(|text| hex::decode(text).ok());
        let sealed = sealed.ok_or_else(|| damaged("its sealed part"))?;
        let key = derive(password, &salt, effort)?;
        let aad = value.to_string();
        let payload = Payload { msg: sealed.as_slice(), aad: aad.as_bytes() };
        let plain = XChaCha20Poly1305::new((&*key).into())
            .decrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| WalletError::WrongPassword)?;
        let plain = Zeroizing::new(plain);
        let text = std::str::from_utf8(&plain).map_err(|_| damaged("what was sealed"))?;
        let data = Data::from_text(text, dialect)?;
        let public = Public::from_json(&value["public"], dialect)?;
        Ok((Self { key, salt, effort }, public, data))
    }

    fn parse(text: &str, file: &Path) -> Result<Value> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| not_a_wallet(file, format!("it is no JSON: {error}")))?;
        if value["format"] != FORMAT {
            return Err(not_a_wallet(file, "it does not say that it is one"));
        }
        match value["version"].as_u64() {
            Some(1..=VERSION) => Ok(value),
            Some(version) if version > VERSION => {
                Err(WalletError::TooNew { file: file.to_path_buf(), version, known: VERSION })
            }
            _ => Err(not_a_wallet(file, "it has no version")),
        }
    }
}

pub(super) fn not_a_wallet(file: &Path, why: impl Into<String>) -> WalletError {
    WalletError::NotAWallet { file: file.to_path_buf(), why: why.into() }
}

fn bytes<const N: usize>(value: &Value) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(value.as_str()?, &mut bytes).ok().map(|()| bytes)
}

fn effort_of(value: &Value) -> Option<Effort> {
    let number = |name: &str| value[name].as_u64().and_then(|number| u32::try_from(number).ok());
    let (memory_kib, passes) = (number("memory_kib")?, number("passes")?);
    (value["name"] == "argon2id").then_some(Effort { memory_kib, passes })
}

/// The text of a file, bounded; none if there is no such file.
pub fn read(file: &Path) -> Result<Option<String>> {
    let failed = |error| WalletError::File { what: "read", file: file.to_path_buf(), error };
    let opened = match File::open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mut bytes = Vec::new();
    opened.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(not_a_wallet(file, "it is too large"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| not_a_wallet(file, "it is no text"))
}

/// What tells one content of a file from another; none if there is no file.
pub fn digest_of(text: Option<&str>) -> Option<[u8; 32]> {
    text.map(|text| sha256(text.as_bytes()))
}

/// Writes a file whole or not at all: under another name, synced, renamed. `expected` is what is
/// there, as [`digest_of`] tells; another wallet's file is left alone. Only its owner may read it.
pub fn write_atomically(file: &Path, text: &str, expected: Option<[u8; 32]>) -> Result<()> {
    let failed = |error| WalletError::File { what: "write", file: file.to_path_buf(), error };
    let beside = |ending: &str| {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        file.with_file_name(name)
    };
    let lock = options().create(true).truncate(false).open(beside(".lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    if digest_of(read(file)?.as_deref()) != expected {
        return Err(WalletError::WrittenByAnother(file.to_path_buf()));
    }
    let new = beside(".new");
    let mut out = options().create(true).truncate(true).open(&new).map_err(failed)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(failed)?;
    fs::rename(&new, file).map_err(failed)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    folder.sync_all().map_err(failed)
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_crypto::PrivateKey;
    use proptest::prelude::*;

    fn wallet() -> (Public, Data) {
        let mut data = Data::default();
        data.add(PrivateKey::from_seed("a key"));
        data.known.insert(carbyne_wire::Id(18), "bob".to_owned());
        let mut public = Public::default();
        public.accounts.insert(carbyne_wire::Id(17), "ann".to_owned());
        (public, data)
    }

    fn sealed() -> String {
        let (public, data) = wallet();
        Sealed::with_password("secret").unwrap().seal(&public, &data, Dialect::REFERENCE).unwrap()
    }

    fn open(text: &str, password: &str) -> Result<(Sealed, Public, Data)> {
        Sealed::open(text, Path::new("w"), password, Dialect::REFERENCE)
    }

    #[test]
    fn what_is_sealed_is_opened_with_its_password_only() {
        let text = sealed();
        assert!(!text.contains(&PrivateKey::from_seed("a key").to_wif()));
        let (key, public, data) = open(&text, "secret").unwrap();
        assert_eq!(public.accounts, wallet().0.accounts);
        assert_eq!(data.keys, wallet().1.keys);
        assert_eq!(data.known, wallet().1.known);
        let again = key.seal(&public, &data, Dialect::REFERENCE).unwrap();
        assert_ne!(again, text, "another nonce");
        assert!(open(&again, "secret").is_ok());
        for wrong in ["", "Secret", "secret "] {
            assert!(matches!(open(&text, wrong), Err(WalletError::WrongPassword)));
        }
    }

    #[test]
    fn nobody_changes_what_is_in_the_open_unseen() {
        let text = sealed();
        let changed = text.replace("ann", "eve");
        assert_ne!(changed, text);
        assert!(matches!(open(&changed, "secret"), Err(WalletError::WrongPassword)));
    }

    #[test]
    fn a_file_of_a_later_version_says_so() {
        let text = sealed().replace("\"version\": 2", "\"version\": 3");
        assert!(matches!(open(&text, "secret"), Err(WalletError::TooNew { version: 3, .. })));
        let text = sealed().replace("\"version\": 2", "\"version\": 0");
        assert!(matches!(open(&text, "secret"), Err(WalletError::NotAWallet { .. })));
    }

    #[test]
    fn a_file_cannot_ask_for_any_amount_of_memory() {
        let text = sealed().replace("\"memory_kib\": 8", "\"memory_kib\": 4294967295");
        assert!(matches!(open(&text, "secret"), Err(WalletError::NotAWallet { .. })));
    }

    #[test]
    fn every_truncation_is_refused() {
        let text = sealed();
        for end in 0..text.trim_end().len() {
            assert!(open(&text[..end], "secret").is_err(), "{end} bytes");
        }
    }

    #[test]
    fn a_file_that_another_wrote_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w");
        write_atomically(&file, "one", None).unwrap();
        let one = digest_of(Some("one"));
        write_atomically(&file, "two", one).unwrap();
        let refused = write_atomically(&file, "three", one);
        assert!(matches!(refused, Err(WalletError::WrittenByAnother(_))));
        assert_eq!(read(&file).unwrap().as_deref(), Some("two"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn any_change_is_refused_and_nothing_panics(at in 0_usize..4_000, byte in any::<u8>()) {
            let text = sealed();
            let mut bytes = text.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(changed) = String::from_utf8(bytes)
                && let Ok((_, public, data)) = open(&changed, "secret")
            {
                // Space between members means nothing, and hexadecimal has two cases.
                prop_assert_eq!(public.accounts, wallet().0.accounts);
                prop_assert_eq!(data.keys, wallet().1.keys);
            }
        }

        #[test]
        fn any_text_is_refused(text in ".{0,200}") {
            prop_assert!(open(&text, "secret").is_err());
        }
    }
}
