//! The short commands beside a development chain: no set-up, no question.

use crate::{carbyne, chain_here, json, try_carbyne};
use serde_json::json;

#[test]
fn an_account_is_made_paid_and_seen_in_five_lines() {
    let (folder, _dev) = chain_here();
    let folder = folder.path();
    let made = carbyne(folder, &["account", "create", "alice-1"]);
    assert!(made.contains("alice-1") && made.contains("key       5"), "{made}");
    let sent = carbyne(folder, &["transfer", "dev", "alice-1", "100", "BTS", "--memo", "hello"]);
    assert!(sent.contains("Transfer 100.00000 BTS from dev to alice-1"), "{sent}");
    let has = carbyne(folder, &["balance", "alice-1"]);
    assert!(has.contains("100.00000  BTS"), "{has}");
    // What was made before signs without a file and without a question.
    carbyne(folder, &["account", "create", "bob-1"]);
    let back = json(folder, &["transfer", "alice-1", "bob-1", "1"]);
    let id = carbyne(folder, &["call", "database", "get_chain_id"]);
    assert_eq!(id.len(), 66, "{id}");
    assert_eq!(back["operations"][0][1]["amount"]["amount"], 100_000);
}

#[test]
fn what_became_of_a_transaction_is_told() {
    let (folder, dev) = chain_here();
    let folder = folder.path();
    let made = json(folder, &["account", "create", "alice-1"]);
    let id = made["transaction"].as_str().expect("an id");
    let status = json(folder, &["tx", id]);
    assert_eq!(status["status"], "included", "{status}");
    let text = carbyne(folder, &["tx", id]);
    assert!(text.contains("Create Account 'alice-1'"), "{text}");
    let unknown = json(folder, &["tx", &"0".repeat(40)]);
    assert_eq!(unknown["status"], "unknown");
    let wrong = try_carbyne(folder, &["tx", "12"]);
    assert!(!wrong.status.success());
    let produced = dev.client().call("dev", "produce_blocks", json!([30])).expect("answered");
    assert_eq!(produced["error"], json!(null), "{produced}");
    assert_eq!(json(folder, &["tx", id])["is_final"], true);
}

#[test]
fn trades_and_watches() {
    let (folder, _dev) = chain_here();
    let folder = folder.path();
    carbyne(folder, &["account", "create", "alice-1"]);
    let asset = ["wallet", "--dev", "create_asset", "dev", "GOLD", "4", "{}", "null"];
    carbyne(folder, &asset);
    carbyne(folder, &["wallet", "--dev", "issue_asset", "alice-1", "50", "GOLD"]);
    carbyne(folder, &["transfer", "dev", "alice-1", "100"]);
    let sold =
        carbyne(folder, &["trade", "--as", "alice-1", "sell", "10", "GOLD", "for", "20", "BTS"]);
    assert!(sold.contains("Create limit order to sell 10.0000 GOLD for 20.00000 BTS"), "{sold}");
    carbyne(folder, &["trade", "buy", "5", "GOLD", "with", "10", "BTS"]);
    let has = carbyne(folder, &["balance", "dev"]);
    assert!(has.contains("5.0000  GOLD"), "{has}");
    let entries = carbyne(folder, &["watch", "alice-1", "--after", "0", "--count", "3"]);
    assert!(entries.contains("Create Account 'alice-1'"), "{entries}");
    let blocks = carbyne(folder, &["watch", "blocks", "--after", "0", "--count", "2"]);
    assert!(blocks.starts_with("block        1"), "{blocks}");
    let book = carbyne(folder, &["wallet", "--dev", "get_order_book", "BTS", "GOLD"]);
    assert!(book.contains("SELL AT"), "{book}");
}

#[test]
fn a_dry_run_shows_and_sends_nothing() {
    let (folder, _dev) = chain_here();
    let folder = folder.path();
    carbyne(folder, &["account", "create", "alice-1"]);
    let shown = carbyne(folder, &["transfer", "dev", "alice-1", "100", "--dry-run"]);
    assert!(shown.contains("fee") && shown.contains("alice-1: +100.00000 BTS"), "{shown}");
    assert_eq!(carbyne(folder, &["balance", "alice-1"]), "nothing");
    let too_much = carbyne(folder, &["transfer", "alice-1", "dev", "100", "--dry-run"]);
    assert!(too_much.contains("refused"), "{too_much}");
}

#[test]
fn what_was_sent_is_not_called_final_too_early() {
    let (folder, _dev) = chain_here();
    let sent = try_carbyne(folder.path(), &["transfer", "dev", "init0", "1"]);
    let said = String::from_utf8_lossy(&sent.stderr).into_owned();
    assert!(said.contains("in block") && said.contains("not final yet: `carbyne tx "), "{said}");
}

#[test]
fn a_signed_message_is_pasted_and_verified() {
    let (folder, _dev) = chain_here();
    let signed = carbyne(folder.path(), &["wallet", "--dev", "sign_message", "dev", "I was\nhere"]);
    assert!(signed.starts_with("-----BEGIN BITSHARES SIGNED MESSAGE-----"), "{signed}");
    let verify = |text: &str| {
        let words = ["wallet", "--dev", "--json", "verify_encapsulated_message", text];
        carbyne(folder.path(), &words)
    };
    assert_eq!(verify(&signed), "true");
    assert_eq!(verify(&signed.replace("here", "there")), "false");
}

#[test]
fn what_looks_like_a_mistake_is_said() {
    let (folder, _dev) = chain_here();
    let folder = folder.path();
    carbyne(folder, &["account", "create", "deu"]);
    let shown = carbyne(folder, &["transfer", "init0", "deu", "1", "--dry-run"]);
    assert!(shown.contains("looks like dev"), "{shown}");
    let dear = ["wallet", "--dev", "--dry-run", "upgrade_account", "deu", "true"];
    let dear = carbyne(folder, &dear);
    assert!(dear.contains("times that of a transfer"), "{dear}");
    let itself = try_carbyne(folder, &["transfer", "dev", "dev", "1", "--dry-run"]);
    assert!(!itself.status.success(), "the chain refuses it");
}
