//! The examples of the client library, run against a development chain.

use crate::harness::Dev;
use crate::{carbyne, chain_here};
use carbyne_client::{Client, Config};
use carbyne_crypto::PrivateKey;
use std::time::Duration;

#[path = "../../../client/examples/market_maker.rs"]
mod market_maker;
#[path = "../../../client/examples/payment_bot.rs"]
mod payment_bot;
#[path = "../../../client/examples/sqlite_listener.rs"]
mod sqlite_listener;

const LIMIT: Duration = Duration::from_secs(60);

fn key(dev: &Dev) -> PrivateKey {
    PrivateKey::from_wif(&dev.key).expect("a key")
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, work).await.expect("within a minute")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_sends_back_half_of_what_it_is_paid() {
    let (folder, dev) = chain_here();
    let here = folder.path();
    carbyne(here, &["account", "create", "alice-1"]);
    carbyne(here, &["transfer", "dev", "alice-1", "100"]);
    carbyne(here, &["transfer", "alice-1", "dev", "10"]);
    let client = Client::connect(Config::new([&dev.url])).await.expect("connected");
    let last = within(payment_bot::run(&client, "dev", &key(&dev), (0, 1))).await.expect("paid");
    assert!(last > 0);
    let has = carbyne(here, &["balance", "alice-1"]);
    // 100 less 10 and a fee of 20, and 5 back.
    assert!(has.contains("75.00000  BTS"), "{has}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_maker_has_an_order_on_each_side() {
    let (folder, dev) = chain_here();
    let here = folder.path();
    carbyne(here, &["wallet", "--dev", "create_asset", "dev", "GOLD", "4", "{}", "null"]);
    carbyne(here, &["wallet", "--dev", "issue_asset", "dev", "50", "GOLD"]);
    let client = Client::connect(Config::new([&dev.url])).await.expect("connected");
    let quote = market_maker::Quote { base: "BTS", quote: "GOLD", price: 5, spread_percent: 2 };
    within(market_maker::run(&client, "dev", &key(&dev), &quote, 1)).await.expect("placed");
    let book = client.order_book("BTS", "GOLD", 10).await.expect("a book");
    assert_eq!((book.bids.len(), book.asks.len()), (1, 1), "{book:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_goes_on_where_it_was() {
    let (folder, dev) = chain_here();
    let here = folder.path();
    carbyne(here, &["account", "create", "alice-1"]);
    let file = here.join("chain.db");
    let client = Client::connect(Config::new([&dev.url])).await.expect("connected");
    within(sqlite_listener::run(&client, &file, 2)).await.expect("written");
    carbyne(here, &["transfer", "dev", "alice-1", "100"]);
    within(sqlite_listener::run(&client, &file, 3)).await.expect("written");
    let database = rusqlite::Connection::open(&file).expect("a database");
    let count =
        |query: &str| -> u32 { database.query_row(query, [], |row| row.get(0)).expect("a number") };
    assert_eq!(count("SELECT count(*) FROM blocks"), 3);
    // Ten of them are those with which the chain begins.
    assert_eq!(count("SELECT count(*) FROM operations WHERE name = 'transfer'"), 11);
    assert_eq!(count("SELECT count(*) FROM operations WHERE name = 'account_create'"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_survives_the_end_of_its_node_without_a_gap() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut first = Dev::start_in(&data, &[]);
    let mut config = Config::new([first.url.clone()]);
    config.call_deadline = Duration::from_secs(30);
    let port = first.url.rsplit(':').next().expect("a port").to_owned();
    let client = Client::connect(config).await.expect("connected");
    let mut blocks = client.blocks(carbyne_client::Start::After(0)).await.expect("a stream");
    let mut seen = Vec::new();
    for _ in 0..2 {
        seen.push(number(within(blocks.next()).await));
    }
    first.stop("-TERM");
    let address = format!("127.0.0.1:{port}");
    let _second = Dev::start_at(&data, &address, &[]);
    while seen.len() < 6 {
        seen.push(number(within(blocks.next()).await));
    }
    let wanted: Vec<u32> = (1..=6).collect();
    assert_eq!(seen, wanted, "each block once, none left out");
}

fn number(event: Option<Result<carbyne_client::BlockEvent, carbyne_client::ClientError>>) -> u32 {
    match event.expect("a stream").expect("a block") {
        carbyne_client::BlockEvent::Applied(block) => block.block_num(),
        carbyne_client::BlockEvent::Undone { block_num, .. } => panic!("{block_num} undone"),
    }
}
