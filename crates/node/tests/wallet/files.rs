//! Files: wrong passwords, damaged and foreign files, two wallets on one, several signers on
//! machines without a node.

use crate::harness::Dev;
use crate::life::Served;
use crate::{carbyne, chain_here, try_carbyne};
use serde_json::json;
use std::path::Path;
use std::time::Instant;

const PASSWORD: &str = "correct horse\n";
/// A wallet.json as the reference writes it, made by other programs than ours from what its format
/// says, with its password and the key in it.
const REFERENCE: &str = include_str!("../../../wallet/testdata/reference.json");
const REFERENCE_PASSWORD: &str = "not a secret\n";
const REFERENCE_KEY: &str = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
/// What the first version of this program wrote, with the key in it.
const FIRST_VERSION: &str = include_str!("../../../wallet/testdata/version-1.wallet");
const FIRST_VERSION_KEY: &str = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";

/// A wallet with the key of `dev` in the folder.
fn wallet(folder: &Path, dev: &Dev) {
    std::fs::write(folder.join("password"), PASSWORD).expect("written");
    std::fs::write(folder.join("key"), &dev.key).expect("written");
    with_wallet(folder, &["import_key", "dev", "@key"]);
}

fn with_wallet(folder: &Path, words: &[&str]) -> String {
    carbyne(folder, &[&["wallet", "--yes", "--password-file", "password"], words].concat())
}

fn refused(folder: &Path, words: &[&str]) -> String {
    let output = try_carbyne(folder, words);
    assert!(!output.status.success(), "{words:?} is refused");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn keys_are_in_no_file_that_anybody_reads() {
    let (folder, dev) = chain_here();
    wallet(folder.path(), &dev);
    let text = std::fs::read_to_string(folder.path().join("carbyne.wallet")).expect("a wallet");
    assert!(!text.contains(&dev.key));
    let keys = with_wallet(folder.path(), &["dump_private_keys"]);
    assert!(keys.contains(&dev.key), "{keys}");
    let in_the_open = refused(folder.path(), &["wallet", "import_key", "dev", &dev.key]);
    assert!(in_the_open.contains("is a secret"), "{in_the_open}");
    assert!(!in_the_open.contains(&dev.key), "nothing secret is printed");
}

#[test]
fn wrong_passwords_and_damaged_files_are_refused_and_left_alone() {
    let (folder, dev) = chain_here();
    let folder = folder.path();
    wallet(folder, &dev);
    std::fs::write(folder.join("wrong"), "battery staple\n").expect("written");
    let said = refused(folder, &["wallet", "--password-file", "wrong", "dump_private_keys"]);
    assert!(said.contains("does not open"), "{said}");
    let file = folder.join("carbyne.wallet");
    let good = std::fs::read_to_string(&file).expect("a wallet");
    let cut = &good[..good.len() / 2];
    let other = good.replace(&dev.chain_id, &"7".repeat(64));
    for (bad, reason) in [(cut, "damaged"), ("", "damaged"), (&*other, "chain")] {
        std::fs::write(&file, bad).expect("written");
        let said = refused(folder, &["wallet", "--password-file", "password", "list_my_accounts"]);
        assert!(said.contains(reason), "{said}");
        assert_eq!(std::fs::read_to_string(&file).expect("there"), bad, "left alone");
    }
    std::fs::write(&file, &good).expect("written");
    assert!(with_wallet(folder, &["list_my_accounts"]).contains("dev"));
}

#[test]
fn a_wallet_of_the_reference_is_opened() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    std::fs::write(folder.join("wallet.json"), REFERENCE).expect("written");
    std::fs::write(folder.join("password"), REFERENCE_PASSWORD).expect("written");
    std::fs::write(folder.join("wrong"), "no secret\n").expect("written");
    let wallet = ["wallet", "--offline", "--wallet-file", "wallet.json"];
    let keys = [&wallet[..], &["--password-file", "password", "dump_private_keys"]].concat();
    let keys = carbyne(folder, &keys);
    assert!(keys.contains(REFERENCE_KEY), "{keys}");
    assert!(keys.contains("BTS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV"), "{keys}");
    let wrong = [&wallet[..], &["--password-file", "wrong", "dump_private_keys"]].concat();
    assert!(refused(folder, &wrong).contains("does not open"));
    let there = std::fs::read_to_string(folder.join("wallet.json")).expect("there");
    assert_eq!(there, REFERENCE, "who only looks changes nothing");
}

#[test]
fn a_file_of_the_first_version_is_opened_and_written_anew() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let file = folder.join("carbyne.wallet");
    std::fs::write(&file, FIRST_VERSION).expect("written");
    std::fs::write(folder.join("password"), PASSWORD).expect("written");
    let offline = |words: &[&str]| {
        carbyne(folder, &[&["wallet", "--offline", "--password-file", "password"], words].concat())
    };
    assert!(FIRST_VERSION.contains("\"version\": 1"));
    assert!(offline(&["dump_private_keys"]).contains(FIRST_VERSION_KEY));
    let (wif, _) = new_key(0);
    std::fs::write(folder.join("key"), &wif).expect("written");
    offline(&["add_key", "@key"]);
    let written = std::fs::read_to_string(&file).expect("there");
    assert!(written.contains("\"version\": 2"), "{written}");
    let keys = offline(&["dump_private_keys"]);
    assert!(keys.contains(FIRST_VERSION_KEY) && keys.contains(&wif), "{keys}");
    std::fs::write(&file, written.replace("\"version\": 2", "\"version\": 3")).expect("written");
    let words = ["wallet", "--offline", "--password-file", "password", "dump_private_keys"];
    let said = refused(folder, &words);
    assert!(said.contains("version 3"), "{said}");
}

#[test]
fn opening_a_wallet_takes_memory_and_time() {
    let (folder, dev) = chain_here();
    wallet(folder.path(), &dev);
    let text = std::fs::read_to_string(folder.path().join("carbyne.wallet")).expect("a wallet");
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let derivation = &file["derivation"];
    assert!(derivation["memory_kib"].as_u64() >= Some(64 << 10), "{derivation}");
    assert!(derivation["passes"].as_u64() >= Some(3), "{derivation}");
    let served = Served::start(folder.path(), &dev);
    let begun = Instant::now();
    let opened = served.call("unlock", json!([PASSWORD.trim()]));
    println!("unlocked in {} ms with {derivation}", begun.elapsed().as_millis());
    assert!(opened["error"].is_null(), "{opened}");
}

#[test]
fn who_looks_like_somebody_who_was_paid_is_warned_of() {
    let (folder, dev) = chain_here();
    let folder = folder.path();
    wallet(folder, &dev);
    for name in ["anna-1", "anne-1", "bert-1"] {
        carbyne(folder, &["account", "create", name]);
    }
    with_wallet(folder, &["transfer", "dev", "anna-1", "1", "BTS"]);
    let try_to_pay =
        |name: &str| with_wallet(folder, &["--dry-run", "transfer", "dev", name, "1", "BTS"]);
    let shown = try_to_pay("anne-1");
    assert!(shown.contains("looks like anna-1, which you know"), "{shown}");
    for name in ["anna-1", "bert-1"] {
        let shown = try_to_pay(name);
        assert!(!shown.contains("looks like"), "{shown}");
    }
}

#[test]
fn several_sign_on_machines_without_a_node() {
    let (folder, dev) = chain_here();
    let folder = folder.path();
    wallet(folder, &dev);
    // Two of three keys have to agree for the account.
    let keys: Vec<(String, String)> = (0..3).map(new_key).collect();
    let auths: Vec<String> = keys.iter().map(|(_, public)| format!("[\"{public}\",1]")).collect();
    let (dev_key, active) = (&keys[0].1, auths.join(","));
    let name = "board-1";
    let create = format!(
        "{{\"registrar\":\"dev\",\"referrer\":\"dev\",\"name\":\"{name}\",\
         \"owner\":{{\"weight_threshold\":2,\"account_auths\":[],\"key_auths\":[{active}],\
         \"address_auths\":[]}},\"active\":{{\"weight_threshold\":2,\"account_auths\":[],\
         \"key_auths\":[{active}],\"address_auths\":[]}},\"options\":{{\"memo_key\":\"{dev_key}\",\
         \"voting_account\":\"1.2.5\",\"num_witness\":0,\"num_committee\":0,\"votes\":[]}}}}"
    );
    with_wallet(folder, &["operate", "account_create", &create]);
    with_wallet(folder, &["transfer", "dev", name, "100", "BTS"]);
    let pay = format!("{{\"from\":\"{name}\",\"to\":\"dev\",\"amount\":\"7 BTS\"}}");
    let operation = carbyne(folder, &["wallet", "--json", "make_operation", "transfer", &pay]);
    carbyne(folder, &["wallet", "export_transaction", "pay.json", &operation]);
    for (number, (wif, _)) in keys.iter().take(2).enumerate() {
        let machine = folder.join(format!("machine-{number}"));
        std::fs::create_dir(&machine).expect("a folder");
        std::fs::copy(folder.join("pay.json"), machine.join("pay.json")).expect("copied");
        sign_offline(&machine, wif);
    }
    let other = std::fs::read_to_string(folder.join("pay.json")).expect("there");
    let other = other.replace(&dev.chain_id, &"7".repeat(64));
    std::fs::write(folder.join("other.json"), other).expect("written");
    let other = refused(folder, &["wallet", "--yes", "broadcast_transaction_file", "other.json"]);
    assert!(other.contains("this is for the chain 777"), "{other}");
    let too_few = refused(folder, &["wallet", "--yes", "broadcast_transaction_file", "pay.json"]);
    assert!(too_few.contains("missing"), "{too_few}");
    let others = "machine-0/pay.json,machine-1/pay.json";
    carbyne(folder, &["wallet", "join_transaction_files", "pay.json", others]);
    carbyne(folder, &["wallet", "--yes", "broadcast_transaction_file", "pay.json"]);
    let has = carbyne(folder, &["balance", name]);
    assert!(has.contains("73.00000  BTS"), "{has}");
    // A wallet that was made without a node may meet one later.
    let machine = folder.join("machine-0");
    let words = ["wallet", "--node", &dev.url, "--password-file", "password"];
    carbyne(&machine, &[&words[..], &["dump_private_keys"]].concat());
}

#[test]
fn a_wallet_does_not_write_over_what_another_one_wrote() {
    let (folder, dev) = chain_here();
    let folder = folder.path();
    wallet(folder, &dev);
    let open = Served::start(folder, &dev);
    let unlocked = open.call("unlock", json!([PASSWORD.trim()]));
    assert!(unlocked["error"].is_null(), "{unlocked}");
    // Meanwhile another one makes an account and keeps its keys.
    std::fs::write(folder.join("brain"), "one two three").expect("written");
    let create = ["create_account_with_brain_key", "@brain", "ann-1", "dev", "dev", "true"];
    with_wallet(folder, &create);
    let kept = std::fs::read(folder.join("carbyne.wallet")).expect("a wallet");
    let (wif, _) = new_key(0);
    let late = open.call("import_key", json!(["dev", wif]));
    let said = late["error"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("another wallet wrote"), "{late}");
    assert_eq!(std::fs::read(folder.join("carbyne.wallet")).expect("there"), kept);
}

/// A private key and its public one.
fn new_key(_: usize) -> (String, String) {
    let shown = carbyne(Path::new("."), &["keys", "new"]);
    let word = |line: usize| {
        let line = shown.lines().nth(line).expect("a line");
        line.split_whitespace().last().expect("a word").to_owned()
    };
    (word(0), word(1))
}

/// Signs the file in a folder with a wallet that has no node.
fn sign_offline(folder: &Path, wif: &str) {
    std::fs::write(folder.join("password"), PASSWORD).expect("written");
    std::fs::write(folder.join("key"), wif).expect("written");
    let offline = ["wallet", "--offline", "--password-file", "password"];
    let shown = carbyne(folder, &[&offline[..], &["show_transaction_file", "pay.json"]].concat());
    assert!(shown.contains("Transfer 7.00000 BTS from board-1 to dev"), "{shown}");
    carbyne(folder, &[&offline[..], &["add_key", "@key"]].concat());
    carbyne(folder, &[&offline[..], &["sign_transaction_file", "pay.json"]].concat());
}
