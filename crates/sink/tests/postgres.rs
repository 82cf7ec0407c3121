//! The sink against a real PostgreSQL: it catches up, follows, leaves branches, survives the death
//! of the server and shares the database with other nodes; in the end every row is right.

mod harness;

use carbyne_sink::{Error, Feeder, Settings, Source, State, Status, connect, schema, step};
use harness::chain::{FakeChain, GENESIS};
use harness::cluster::Cluster;
use harness::rows::check_all;
use postgres::Client;
use proptest::test_runner::{Config, TestRunner};
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

fn settings(cluster: &Cluster) -> Settings {
    Settings { url: cluster.url(), ..Settings::default() }
}

/// A database with the schema, and a connection to it.
fn prepared(settings: &Settings) -> Client {
    let mut client = connect(settings).expect("a connection");
    schema::init(&mut client, &settings.schema).expect("a schema");
    client
}

fn wait(what: &str, mut is_done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_done() {
        assert!(started.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn is_fed(feeder: &Feeder, chain: &FakeChain) -> bool {
    let progress = feeder.progress();
    let head = chain.blocks().len() as u32;
    progress.state() == State::Following && progress.position() == head
}

/// Steps until the database has the head.
fn settle(client: &mut Client, chain: &FakeChain, settings: &Settings) {
    loop {
        let head = chain.head().expect("a head").expect("a block");
        if step(client, chain, settings, head).expect("a step").state == State::Following {
            return;
        }
    }
}

#[test]
fn the_database_catches_up_and_follows() {
    let cluster = Cluster::start();
    let settings = Settings { batch_operations: 1_000, ..settings(&cluster) };
    let mut client = prepared(&settings);
    let chain = FakeChain::new(1);
    let feeder = Feeder::start(chain.clone(), settings).expect("a thread");
    chain.grow(1, 400, 10);
    wait("it catches up", || is_fed(&feeder, &chain));
    for block in 0..20 {
        chain.grow(1, 1, block % 4);
        wait("it follows", || is_fed(&feeder, &chain));
    }
    assert_eq!(feeder.progress().blocks(), 420);
    feeder.stop();
    check_all(&mut client, &chain.blocks());
    check_candles(&mut client, &chain);
    check_pools(&mut client);
    check_assets(&mut client);
    let status = Status::read(&mut client, "carbyne").expect("a status");
    assert_eq!((status.block, status.is_indexed), (420, true));
    assert_eq!(status.chain_id, Some(chain.chain_id()));
}

/// Candles of ten minutes, added up here as well.
fn check_candles(client: &mut Client, chain: &FakeChain) {
    let fills = "SELECT count(*), sum(base_amount)::text FROM fills
        WHERE is_maker AND base = 1 AND quote = 7";
    let fills = client.query_one(fills, &[]).expect("a row");
    let candles = format!(
        "SELECT sum(trades)::bigint, sum(base_volume)::text, bool_and(low <= least(open, close)
            AND high >= greatest(open, close) AND low > 0), count(*)
        FROM candles(1, 7, 600, to_timestamp({GENESIS}), now())"
    );
    let candles = client.query_one(&candles, &[]).expect("a row");
    assert_eq!(fills.get::<_, i64>(0), candles.get::<_, i64>(0));
    assert_eq!(fills.get::<_, String>(1), candles.get::<_, String>(1));
    assert!(candles.get::<_, bool>(2));
    let last = chain.blocks().last().expect("a block").time.0;
    assert_eq!(candles.get::<_, i64>(3), i64::from(last / 600 - GENESIS / 600) + 1);
}

fn check_pools(client: &mut Client) {
    let count = |client: &mut Client, select: &str| -> i64 {
        client.query_one(select, &[]).expect("a row").get(0)
    };
    let by_pool = "SELECT count(*) FROM pool_operations WHERE pool = '1.19.2'";
    let by_operation = "SELECT count(*) FROM operations
        WHERE op_type = 63 AND op ->> 'pool' = '1.19.2'";
    assert!(count(client, by_pool) > 0);
    assert_eq!(count(client, by_pool), count(client, by_operation));
    let history = "SELECT count(*) FROM account_history WHERE account = 117 AND name = 'transfer'";
    assert!(count(client, history) > 0);
}

/// The fee is in the core asset, which alone names no asset.
fn check_assets(client: &mut Client) {
    let select = "SELECT count(*) FROM asset_operations JOIN operations ON id = operation
        WHERE op_type = 0 AND asset <> substr(op -> 'amount' ->> 'asset_id', 5)::bigint";
    let wrong: i64 = client.query_one(select, &[]).expect("a row").get(0);
    let select = "SELECT count(*) FROM asset_operations WHERE asset = 7";
    let right: i64 = client.query_one(select, &[]).expect("a row").get(0);
    assert!(wrong == 0 && right > 0);
}

#[test]
fn whatever_branches_the_chain_takes_the_database_goes_along() {
    let cluster = Cluster::start();
    let settings = Settings { batch_operations: 20, ..settings(&cluster) };
    let mut client = prepared(&settings);
    let chain = FakeChain::new(1);
    chain.grow(1, 30, 3);
    let mut branch = 1;
    let client = std::cell::RefCell::new(&mut client);
    let branch = std::cell::RefCell::new(&mut branch);
    let forks = (0_u32..200, 1_u32..6, 0_u64..5, 0_u32..3);
    let mut runner =
        TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&forks, |(depth, more, operations, steps)| {
        let (mut client, mut branch) = (client.borrow_mut(), branch.borrow_mut());
        **branch = **branch % 250 + 1;
        // Most forks are short, some leave everything behind.
        chain.switch(**branch, if depth < 150 { depth % 10 } else { depth }, more, operations);
        // Sometimes the chain goes on in the middle of the way.
        for _ in 0..steps {
            let head = chain.head().expect("a head").expect("a block");
            step(&mut client, &chain, &settings, head).expect("a step");
        }
        chain.grow(**branch, steps, operations);
        settle(&mut client, &chain, &settings);
        check_all(&mut client, &chain.blocks());
        Ok(())
    });
    ran.expect("every fork is followed");
}

#[test]
fn a_server_that_is_killed_again_and_again_ends_with_every_row() {
    let mut cluster = Cluster::start();
    let settings = Settings { batch_operations: 20, ..settings(&cluster) };
    drop(prepared(&settings));
    let chain = FakeChain::new(1);
    chain.grow(1, 2_000, 5);
    let feeder = Feeder::start(chain.clone(), settings.clone()).expect("a thread");
    let (mut before, mut branch) = (0, 1);
    for kill in 0..5 {
        wait("it goes on", || feeder.progress().position() > before + 20);
        cluster.stop("-KILL");
        before = feeder.progress().position();
        assert!(before < 2_000, "killed in the middle");
        // There is always something to tell the server that is gone.
        if kill % 2 == 1 {
            branch = kill + 2;
            chain.switch(branch, 1_000, 5, 5);
        } else {
            chain.grow(branch, 5, 5);
        }
        cluster.resume();
    }
    wait("it catches up", || is_fed(&feeder, &chain));
    assert!(feeder.progress().failures() >= 5);
    feeder.stop();
    check_all(&mut connect(&settings).expect("a connection"), &chain.blocks());
}

#[test]
fn several_nodes_feed_one_database() {
    let cluster = Cluster::start();
    let settings = Settings { batch_operations: 30, ..settings(&cluster) };
    let mut client = prepared(&settings);
    let chain = FakeChain::new(1);
    chain.grow(1, 300, 4);
    let late = chain.copied();
    let start =
        |chain: &FakeChain| Feeder::start(chain.clone(), settings.clone()).expect("a thread");
    let feeders = [start(&chain), start(&chain), start(&late)];
    for round in 2..8 {
        chain.switch(round, 4, 3, 2);
        std::thread::sleep(Duration::from_millis(150));
    }
    wait("both catch up", || feeders[..2].iter().all(|feeder| is_fed(feeder, &chain)));
    wait("the late one waits", || feeders[2].progress().state() == State::Waiting);
    check_all(&mut client, &chain.blocks());
    let written: u64 = feeders.iter().map(|feeder| feeder.progress().blocks()).sum();
    let deleted: u64 = feeders.iter().map(|feeder| feeder.progress().rolled_back()).sum();
    assert_eq!(written - deleted, chain.blocks().len() as u64);
    feeders.into_iter().for_each(Feeder::stop);
}

#[test]
fn what_cannot_be_fed_is_refused_with_the_reason() {
    let cluster = Cluster::start();
    let settings = settings(&cluster);
    let chain = FakeChain::new(1);
    chain.grow(1, 9, 2);
    let head = chain.head().expect("a head").expect("a block");
    let mut client = connect(&settings).expect("a connection");
    let refused = step(&mut client, &chain, &settings, head);
    assert!(matches!(refused, Err(Error::NoSchema(name)) if name == "carbyne"));

    assert_eq!(schema::init(&mut client, "carbyne").expect("a schema"), 0);
    assert_eq!(schema::init(&mut client, "carbyne").expect("the same"), schema::VERSION);
    let late = chain.begun_at(5);
    let refused = step(&mut client, &late, &settings, head);
    assert!(matches!(refused, Err(Error::MissingBlock(1))));

    settle(&mut client, &chain, &settings);
    chain.grow(1, 1, 2);
    settle(&mut client, &chain.begun_at(8), &settings);
    let refused = step(&mut client, &FakeChain::new(2), &settings, head);
    assert!(matches!(refused, Err(Error::OtherChain { .. })));
    check_all(&mut client, &chain.blocks());

    client.execute("UPDATE meta SET version = version + 1", &[]).expect("a row");
    let refused = step(&mut client, &chain, &settings, head);
    assert!(matches!(refused, Err(Error::SchemaVersion { .. })));
    assert!(matches!(schema::init(&mut client, "carbyne"), Err(Error::SchemaVersion { .. })));
}

#[test]
fn a_feeder_ends_soon_whatever_the_server_does() {
    let mut cluster = Cluster::start();
    let settings = settings(&cluster);
    let mut client = prepared(&settings);
    let chain = FakeChain::new(1);
    chain.grow(1, 5, 1);
    let mut holder = client.transaction().expect("a transaction");
    holder.execute("SELECT FROM position FOR UPDATE", &[]).expect("a lock");
    check_end(&chain, &settings);
    drop(holder);
    cluster.stop("-KILL");
    check_end(&chain, &settings);
}

fn check_end(chain: &FakeChain, settings: &Settings) {
    let feeder = Feeder::start(chain.clone(), settings.clone()).expect("a thread");
    std::thread::sleep(Duration::from_millis(300));
    let started = Instant::now();
    feeder.stop();
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[test]
fn every_table_and_column_says_what_it_is() {
    let cluster = Cluster::start();
    let mut client = prepared(&settings(&cluster));
    let select = "SELECT relname::text FROM pg_class
        WHERE relnamespace = 'carbyne'::regnamespace AND relkind IN ('r', 'v')
            AND obj_description(oid) IS NULL
        UNION ALL SELECT relname || '.' || attname
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'carbyne'::regnamespace AND relkind = 'r' AND attnum > 0
            AND col_description(attrelid, attnum) IS NULL";
    let silent = client.query(select, &[]).expect("rows");
    let silent: Vec<String> = silent.iter().map(|row| row.get(0)).collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn what_users_ask_is_answered_from_an_index() {
    let cluster = Cluster::start();
    let settings = settings(&cluster);
    let mut client = prepared(&settings);
    let chain = FakeChain::new(1);
    chain.grow(1, 50, 20);
    settle(&mut client, &chain, &settings);
    // Without this PostgreSQL would rather read tables that are as small as these.
    client.batch_execute("ANALYZE; SET enable_seqscan = off").expect("settings");
    let mut questions = examples();
    questions.extend(
        [
            "SELECT * FROM transactions WHERE id = '\\x00'",
            "SELECT * FROM operations WHERE block = 7 ORDER BY id",
            "SELECT * FROM operations WHERE op_type = 5 ORDER BY id DESC LIMIT 9",
            "SELECT * FROM operations WHERE time >= now() - interval '1 hour'",
            "SELECT * FROM blocks WHERE time <= now() ORDER BY time DESC LIMIT 1",
            "SELECT * FROM account_operations WHERE account = 117 AND op_type = 4",
            "SELECT * FROM account_operations WHERE account = 117 AND time >= now()",
            "SELECT * FROM asset_operations JOIN operations ON id = operation WHERE asset = 7",
            "SELECT * FROM pool_operations WHERE pool = '1.19.2' ORDER BY operation DESC",
            "SELECT * FROM fills WHERE base = 1 AND quote = 7 ORDER BY time DESC LIMIT 9",
            "SELECT * FROM fills WHERE account = 117 ORDER BY time DESC LIMIT 9",
        ]
        .map(str::to_owned),
    );
    for question in questions {
        let plan = client.query(&format!("EXPLAIN {question}"), &[]).expect("a plan");
        let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan"), "{question}\n{plan}");
        client.batch_execute(&question).expect("an answer");
    }
}

/// The questions of the README.
fn examples() -> Vec<String> {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).expect("a text");
    let (_, rest) = readme.split_once("```sql\n").expect("examples");
    let (examples, _) = rest.split_once("```").expect("their end");
    let lines = examples.lines().filter(|line| !line.starts_with("--") && !line.starts_with("SET"));
    let text: Vec<&str> = lines.collect();
    let questions = text.join("\n");
    questions.split(';').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}
