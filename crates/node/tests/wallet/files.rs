//! Files: wrong passwords, damaged and foreign files, two wallets on one, several signers on
//! machines without a node.

use crate::harness::Dev;
use crate::life::Served;
use crate::{carbyne, chain_here, try_carbyne};
use serde_json::json;
use std::path::Path;

const PASSWORD: &str = "correct horse\n";

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
