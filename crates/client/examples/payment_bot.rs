//! A bot that sends back half of whatever it is paid.
//!
//! `cargo run -p carbyne-client --example payment_bot -- ws://127.0.0.1:8090 dev key.txt 0`
//!
//! It remembers the number of the last payment that it looked at; started again with it, it goes on
//! where it was. The key comes from a file: command lines are seen by every process.

use carbyne_client::{Client, ClientError, Config, Draft, Entry, Start};
use carbyne_crypto::PrivateKey;
use carbyne_objects::Account;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::transfer::Transfer;

/// Answers payments with numbers above `after`; ends when `payments` of them were answered.
pub async fn run(
    client: &Client,
    name: &str,
    key: &PrivateKey,
    (after, payments): (u32, usize),
) -> Result<u32, ClientError> {
    let own = client.account(name).await?;
    let mut entries = client.operations_of(name, Start::After(after)).await?;
    let (mut last, mut answered) = (after, 0);
    while answered < payments {
        let Some(entry) = entries.next().await else { break };
        let entry = entry?;
        last = entry.sequence;
        if let Some(back) = answer(&own, &entry) {
            let mut transaction = client.prepare(Draft::of(back)).await?;
            client.sign(&mut transaction, std::slice::from_ref(key));
            client.send(&transaction).await?;
            answered += 1;
        }
    }
    Ok(last)
}

/// What is sent back for an operation: half of what it pays to this account.
fn answer(own: &Account, entry: &Entry) -> Option<Transfer> {
    let Operation::Transfer(paid) = &entry.operation else { return None };
    let amount = Asset::new(paid.amount.amount / 2, paid.amount.asset_id);
    (paid.to == own.id && amount.amount > 0).then(|| Transfer {
        from: own.id,
        to: paid.from,
        amount,
        ..Transfer::default()
    })
}

#[tokio::main]
#[allow(dead_code)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [node, name, key_file, after] = arguments.as_slice() else {
        return Err("usage: payment_bot NODE ACCOUNT KEY_FILE LAST_NUMBER".into());
    };
    let key = PrivateKey::from_wif(std::fs::read_to_string(key_file)?.trim())?;
    let client = Client::connect(Config::new([node])).await?;
    run(&client, name, &key, (after.parse()?, usize::MAX)).await?;
    Ok(())
}
