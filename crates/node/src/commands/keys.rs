//! `carbyne keys`: makes and shows keys.

use crate::cli::KeysCommand;
use anyhow::{Context, Result};
use carbyne_crypto::{PrivateKey, brain};

/// Carries out a command about keys.
pub fn run(command: &KeysCommand) -> Result<()> {
    match command {
        KeysCommand::New(prefix) => {
            let key = PrivateKey::generate().context("the system gives no random numbers")?;
            show(&key, &prefix.prefix);
        }
        KeysCommand::FromBrainKey { words, sequence, prefix } => {
            let words = brain::normalize_brain_key(words);
            show(&brain::derive_private_key(&words, *sequence), &prefix.prefix);
        }
        KeysCommand::Show { wif, prefix } => {
            let key = PrivateKey::from_wif(wif).context("this is no private key")?;
            show(&key, &prefix.prefix);
        }
    }
    Ok(())
}

fn show(key: &PrivateKey, prefix: &str) {
    let public = key.public_key();
    println!("private key  {}", key.to_wif());
    println!("public key   {}", public.to_text(prefix));
    println!("address      {}", public.address().to_text(prefix));
}
