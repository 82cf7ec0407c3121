//! Files as somebody else may have written them, for tests that hand in any text.
//!
//! Never derives a key with more effort than it is told to allow.

use crate::error::{Result, WalletError};
use crate::store::{Data, Effort, Public, ReferenceFile, Sealed};
use carbyne_crypto::PrivateKey;
use carbyne_wire::Dialect;
use std::path::Path;

const FILE: &str = "wallet";
const DIALECT: Dialect = Dialect::REFERENCE;

/// Small files of both formats that `password` opens.
pub fn examples(password: &str) -> Result<Vec<String>> {
    let mut data = Data::default();
    data.add(PrivateKey::from_seed("a key"));
    data.pending.accounts.insert("ann".to_owned(), vec![PrivateKey::from_seed("another")]);
    let mut public = Public::default();
    public.accounts.insert(carbyne_wire::Id(17), "bob".to_owned());
    let sealed = Sealed::with_effort(password, Effort::LEAST)?.seal(&public, &data, DIALECT)?;
    let reference =
        ReferenceFile { public, data }.write(&[], password, ("ws://127.0.0.1:8090", DIALECT));
    Ok(vec![sealed, reference])
}

/// Opens a file of either format, writes it and opens it again; how many keys it has.
pub fn open_twice(text: &str, password: &str) -> Result<usize> {
    let file = Path::new(FILE);
    let (first, again) = if ReferenceFile::is_one(text) {
        let opened = ReferenceFile::open(text, file, password, DIALECT)?;
        let written = opened.write(&[], password, ("", DIALECT));
        (opened.data, ReferenceFile::open(&written, file, password, DIALECT)?.data)
    } else {
        let (key, public, data) =
            Sealed::open_within(text, file, (password, Effort::LEAST), DIALECT)?;
        let written = key.seal(&public, &data, DIALECT)?;
        (data, Sealed::open_within(&written, file, (password, Effort::LEAST), DIALECT)?.2)
    };
    if first.keys != again.keys || first.pending.accounts != again.pending.accounts {
        return Err(WalletError::impossible("what was written is not what was read"));
    }
    Ok(again.keys.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_open_with_their_password_only() {
        for text in examples("secret").expect("two files") {
            assert_eq!(open_twice(&text, "secret").expect("opened"), 1);
            assert!(matches!(open_twice(&text, "other"), Err(WalletError::WrongPassword)));
        }
    }
}
