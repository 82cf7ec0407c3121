//! `carbyne keys`: makes and shows keys.

use crate::cli::KeysCommand;
use crate::output::line;
use anyhow::{Context, Result, ensure};
use carbyne_crypto::{PrivateKey, brain};

/// Carries out a command about keys.
pub fn run(command: &KeysCommand) -> Result<()> {
    match command {
        KeysCommand::New(prefix) => {
            let key = PrivateKey::generate().context("the system gives no random numbers")?;
            show(&key, &prefix.prefix)
        }
        KeysCommand::FromBrainKey { words, sequence, prefix } => {
            let words = brain::normalize_brain_key(words);
            ensure!(!words.is_empty(), "a brain key has at least one word");
            show(&brain::derive_private_key(&words, *sequence), &prefix.prefix)
        }
        KeysCommand::Show { wif, prefix } => {
            let key = PrivateKey::from_wif(wif).context("this is no private key")?;
            show(&key, &prefix.prefix)
        }
    }
}

fn show(key: &PrivateKey, prefix: &str) -> Result<()> {
    let public = key.public_key();
    line(format_args!("private key  {}", key.to_wif()))?;
    line(format_args!("public key   {}", public.to_text(prefix)))?;
    line(format_args!("address      {}", public.address().to_text(prefix)))
}
