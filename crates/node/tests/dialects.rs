//! Two chains that write keys differently, spoken to from one process.

#[allow(dead_code)]
mod harness;

use carbyne_client::{Client, Config};
use carbyne_crypto::{PrivateKey, PublicKey};
use carbyne_node::commands::genesis::pay_out;
use carbyne_node::core::public_keys;
use carbyne_node::genesis::{Recipe, make};
use carbyne_wire::{Dialect, TimePointSec};
use harness::Dev;
use serde_json::json;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

fn account_key() -> PrivateKey {
    PrivateKey::from_seed("an account of another chain")
}

/// A node of a chain whose keys begin with the prefix of a dialect.
fn start(folder: &Path, dialect: Dialect) -> Dev {
    let witness = PrivateKey::from_seed("a witness of another chain");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let genesis = make(&Recipe {
        dialect,
        time: TimePointSec(now as u32 / 5 * 5 - 5),
        witnesses: &public_keys(std::slice::from_ref(&witness)),
        account: "dev",
        account_key: account_key().public_key(),
        others: &[],
        block_interval: 1,
        maintenance_interval: 300,
        features: None,
    });
    let (file, data) = (folder.join("genesis.json"), folder.join("data"));
    std::fs::write(&file, genesis).expect("written");
    let (prefix, key) = (dialect.prefix(), witness.to_wif());
    let config = format!(
        "data_dir = {data:?}\ngenesis = {file:?}\n[chain]\naddress_prefix = {prefix:?}\n\
         [api]\nlisten = \"127.0.0.1:0\"\nopen = [\"database\", \"network_broadcast\", \"block\"]\n\
         [witness]\nprivate_keys = [{key:?}]\nenable_stale_production = true\n"
    );
    Dev::start_configured(&data, &config)
}

async fn connect(node: &Dev, dialect: Dialect) -> Client {
    let config = Config { dialect, ..Config::new([node.url.as_str()]) };
    Client::connect(config).await.expect("a node")
}

/// The active key of `dev`, as it is read and as it is written.
async fn key_of_dev(client: &Client) -> (PublicKey, String) {
    let account = client.account("dev").await.expect("an account");
    let key = *account.active.key_auths.keys().next().expect("a key");
    let found = client.call("database", "lookup_account_names", json!([["dev"]])).await;
    let found = found.expect("an account");
    let text = found[0]["active"]["key_auths"][0][0].as_str().expect("a key");
    (key, text.to_owned())
}

#[test]
fn clients_of_two_chains_read_and_write_the_keys_of_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let dialect = Dialect::new("TEST").expect("it is short");
    let (ours, theirs) = (Dev::start(&[]), start(folder.path(), dialect));
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(async {
        let bts = connect(&ours, Dialect::REFERENCE).await;
        let test = connect(&theirs, dialect).await;
        let (key, text) = key_of_dev(&bts).await;
        assert_eq!(text, key.to_text("BTS"));
        let (key, text) = key_of_dev(&test).await;
        assert_eq!(key, account_key().public_key());
        assert_eq!(text, key.to_text("TEST"));
        // Who takes one chain for the other is told so.
        let confused = connect(&theirs, Dialect::REFERENCE).await;
        assert!(confused.account("dev").await.is_err());
    });
    let api = theirs.url.trim_start_matches("ws://").parse().expect("an address");
    let wif = account_key().to_wif();
    assert!(pay_out("dev", &wif, api, Dialect::REFERENCE).is_err());
    assert!(pay_out("dev", &wif, api, dialect).expect("it is taken"));
}
