//! Titles, told as tables. Accounts have 1,000 of each asset; 1.2.6 is sold for 100 of 1.3.1, which
//! 1.2.4 gets; 1.2.3 buys.

use super::is_void_proxy;
use crate::Ledger;
use crate::authorize::{Approvals, verify_authority};
use crate::ops::contract_sandbox::Step::{At, Do, Has, Rows, Then};
use crate::ops::contract_sandbox::{Step, at, blacklist, check, open_chain};
use crate::ops::sandbox::{DIALECT, START, amount, apply, op, price, with};
use carbyne_crypto::PrivateKey;
use carbyne_objects::*;
use carbyne_protocol::authority::{Authority, SpecialAuthority, TopHolders};
use carbyne_protocol::features::Family;
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_wire::{Id, JsonIn, TimePointSec, Value, VarUint};
use serde_json::json;

const SOLD: AccountId = Id(6);
const END: u32 = 86_400;

fn offer(changes: Value) -> Operation {
    let plain = json!({
        "account": "1.2.6", "price": amount(100, 1), "payout": "1.2.4", "expiry": at(END),
    });
    op("title_offer", with(plain, changes))
}

fn key(seed: &str) -> Value {
    PrivateKey::from_seed(seed).public_key().to_json_in(DIALECT)
}

fn authority(seed: &str) -> Value {
    json!({"weight_threshold": 1, "key_auths": [[key(seed), 1]]})
}

fn accept(changes: Value) -> Operation {
    let plain = json!({
        "buyer": "1.2.3", "offer": "16.10.0", "account": "1.2.6", "price": amount(100, 1),
        "owner": authority("new owner"), "active": authority("new active"),
        "memo_key": key("new memo"),
    });
    op("title_accept", with(plain, changes))
}

fn withdraw(account: &str) -> Operation {
    op("title_withdraw", json!({"account": account, "offer": "16.10.0"}))
}

fn give(from: &str, to: &str) -> Operation {
    op("transfer", json!({"from": from, "to": to, "amount": amount(5, 1)}))
}

#[track_caller]
fn story(steps: Vec<Step>) {
    let mut ledger = open_chain(1_000);
    ledger.modify(SOLD, lock("old")).unwrap();
    ledger.modify(Id(2) as AccountId, lock("second")).unwrap();
    check(&mut ledger, &steps);
}

/// Gives an account one key for all.
fn lock(seed: &str) -> impl FnOnce(&mut Account) + use<> {
    let key = PrivateKey::from_seed(seed).public_key();
    move |account| {
        account.owner = Authority::key(key);
        account.active = Authority::key(key);
        account.options.memo_key = key;
    }
}

/// 1.2.6 is for sale.
#[track_caller]
fn offered(steps: Vec<Step>) {
    let mut all = vec![Do(offer(json!({})), "ok"), Rows(1)];
    all.extend(steps);
    story(all);
}

#[test]
fn an_offer_is_refused_at_its_edges() {
    let refused = |changes, reason| Do(offer(changes), reason);
    story(vec![
        refused(json!({"account": "1.2.5"}), "ContractRefusal::Unfitting"),
        refused(json!({"account": "1.2.0"}), "ContractRefusal::Unfitting"),
        refused(json!({"payout": "1.2.6"}), "ContractRefusal::SameAccount"),
        refused(json!({"buyer": "1.2.6"}), "ContractRefusal::SameAccount"),
        refused(json!({"price": amount(-1, 1)}), "ContractRefusal::NoAmount"),
        refused(json!({"price": amount(0, 1)}), "ContractRefusal::Unfitting"),
        refused(json!({"expiry": at(0)}), "ContractRefusal::OutOfTime"),
        refused(json!({"expiry": at(2_592_001)}), "ContractRefusal::OutOfTime"),
        refused(json!({"payout": "1.2.77"}), "LedgerRefusal::UnknownObject"),
        refused(json!({"buyer": "1.2.77"}), "LedgerRefusal::UnknownObject"),
        refused(json!({"price": amount(1, 77)}), "LedgerRefusal::UnknownObject"),
        // Who issues assets is more than a name.
        refused(json!({"account": "1.2.9"}), "TitleRefusal::NotBare"),
        refused(json!({}), "ok"),
        refused(json!({}), "TitleRefusal::Frozen"),
        Rows(1),
    ]);
}

#[test]
fn the_price_goes_to_the_payout_and_the_name_to_the_buyer() {
    offered(vec![
        Do(accept(json!({})), "ok"),
        Has(3, 1, 900),
        Has(4, 1, 1_100),
        // What lies in the account goes along.
        Has(6, 1, 1_000),
        Rows(1),
        Then(|ledger| {
            let account = ledger.get(SOLD).unwrap();
            let key = |seed| PrivateKey::from_seed(seed).public_key();
            assert_eq!(account.owner, Authority::key(key("new owner")));
            assert_eq!(account.active, Authority::key(key("new active")));
            assert_eq!(account.options.memo_key, key("new memo"));
            let title = ledger.get(Id(0) as TitleId).unwrap();
            assert_eq!((title.epoch, title.since), (1, START));
        }),
        // A second sale is of the same title.
        Do(offer(json!({})), "ok"),
        At(10),
        Do(accept(json!({"offer": "16.10.1"})), "TitleRefusal::OldKey"),
        Rows(2),
    ]);
}

#[test]
fn who_accepts_says_again_what_is_bought_and_for_how_much() {
    offered(vec![
        Do(accept(json!({"price": amount(99, 1)})), "ContractRefusal::OtherTerms"),
        Do(accept(json!({"price": amount(100, 2)})), "ContractRefusal::OtherTerms"),
        // A fork made the id the offer of another name.
        Do(accept(json!({"account": "1.2.7"})), "ContractRefusal::OtherTerms"),
        Do(accept(json!({"buyer": "1.2.6"})), "ContractRefusal::SameAccount"),
        Do(accept(json!({"offer": "16.10.1"})), "LedgerRefusal::UnknownObject"),
        Rows(1),
    ]);
    story(vec![
        Do(offer(json!({"price": amount(1_001, 1)})), "ok"),
        Do(accept(json!({"price": amount(1_001, 1)})), "ContractRefusal::TooLittle"),
    ]);
}

#[test]
fn an_offer_to_somebody_is_for_nobody_else() {
    story(vec![
        Do(offer(json!({"price": amount(0, 1), "buyer": "1.2.2"})), "ok"),
        Do(accept(json!({"price": amount(0, 1)})), "ContractRefusal::NotParty"),
        Do(accept(json!({"price": amount(0, 1), "buyer": "1.2.2"})), "ok"),
        Has(2, 1, 1_000),
        Has(4, 1, 1_000),
    ]);
}

#[test]
fn no_key_of_the_old_owner_stays() {
    let itself = json!({"weight_threshold": 1, "account_auths": [["1.2.6", 1]]});
    let nobody = json!({"weight_threshold": 1});
    let anybody = json!({"weight_threshold": 0, "key_auths": [[key("new owner"), 1]]});
    let unknown = json!({"weight_threshold": 1, "account_auths": [["1.2.77", 1]]});
    let replaced = |name: &str, value: Value| {
        let mut members = accept(json!({})).to_json_in(DIALECT);
        members[1][name] = value;
        Operation::from_json_in(&members, DIALECT).unwrap()
    };
    offered(vec![
        Do(replaced("owner", authority("old")), "TitleRefusal::OldKey"),
        Do(replaced("active", authority("old")), "TitleRefusal::OldKey"),
        Do(replaced("memo_key", key("old")), "TitleRefusal::OldKey"),
        Do(replaced("owner", itself), "ContractRefusal::Unfitting"),
        Do(replaced("active", nobody), "ContractRefusal::Unfitting"),
        Do(replaced("owner", anybody), "ContractRefusal::Unfitting"),
        Do(replaced("owner", unknown), "AccountUpdateRefusal::UnknownMember"),
        // The key behind an address that could sign before.
        Then(|ledger| {
            let address = PrivateKey::from_seed("new memo").public_key().address();
            let add = |account: &mut Account| account.owner.address_auths.insert(address, 1);
            ledger.modify(SOLD, add).unwrap();
        }),
        Do(accept(json!({})), "TitleRefusal::OldKey"),
    ]);
}

#[test]
fn a_name_that_is_for_sale_does_nothing() {
    let update = op("account_update", json!({"account": "1.2.6", "owner": authority("stolen")}));
    let propose = op(
        "proposal_create",
        json!({
            "fee_paying_account": "1.2.6", "expiration_time": at(60),
            "proposed_ops": [{"op": give("1.2.2", "1.2.1").to_json_in(DIALECT)}],
        }),
    );
    let permit = op(
        "withdraw_permission_create",
        json!({
            "withdraw_from_account": "1.2.6", "authorized_account": "1.2.1",
            "withdrawal_limit": amount(5, 1), "withdrawal_period_sec": 100,
            "periods_until_expiration": 5, "period_start_time": at(1),
        }),
    );
    offered(vec![
        Do(give("1.2.6", "1.2.1"), "TitleRefusal::Frozen"),
        Do(update, "TitleRefusal::Frozen"),
        Do(propose, "TitleRefusal::Frozen"),
        Do(permit, "TitleRefusal::Frozen"),
        Do(accept(json!({"buyer": "1.2.6", "account": "1.2.7"})), "TitleRefusal::Frozen"),
        // It receives, and others act.
        Do(give("1.2.1", "1.2.6"), "ok"),
        Do(withdraw("1.2.1"), "ContractRefusal::NotParty"),
        Do(withdraw("1.2.6"), "ok"),
        Rows(0),
        Do(give("1.2.6", "1.2.1"), "ok"),
        Do(accept(json!({})), "LedgerRefusal::UnknownObject"),
    ]);
}

/// The time passes and no queue is looked at.
fn stand_at_the_end(ledger: &mut Ledger) {
    ledger.modify_dynamic(|dynamic| dynamic.time = TimePointSec(START.0 + END)).unwrap();
}

#[test]
fn what_is_over_is_over_before_the_queue_comes_to_it() {
    offered(vec![
        Then(stand_at_the_end),
        Do(accept(json!({})), "ContractRefusal::Over"),
        Do(withdraw("1.2.6"), "ContractRefusal::Over"),
        Do(give("1.2.6", "1.2.1"), "ok"),
        Do(offer(json!({"expiry": at(END + 10)})), "ok"),
        Rows(1),
        Do(accept(json!({"offer": "16.10.1"})), "ok"),
    ]);
}

#[test]
fn at_the_end_the_name_acts_again() {
    offered(vec![
        At(END - 1),
        Do(give("1.2.6", "1.2.1"), "TitleRefusal::Frozen"),
        At(END),
        Then(|ledger| {
            let done = &ledger.run.operations;
            let told = done.iter().any(|one| matches!(one.op, Operation::TitleEvent(_)));
            assert!(told, "the end is told");
        }),
        Rows(0),
        Do(give("1.2.6", "1.2.1"), "ok"),
    ]);
}

#[test]
fn what_others_send_hinders_nothing() {
    let sent = [
        give("1.2.1", "1.2.6"),
        op(
            "recurring_create",
            json!({
                "from": "1.2.1", "to": "1.2.6", "amount": amount(1, 1), "interval_sec": 86_400,
                "times": 2, "start": at(2 * END),
            }),
        ),
        op(
            "escrow_create",
            json!({
                "from": "1.2.1", "to": "1.2.2", "agent": "1.2.6", "amounts": [amount(1, 1)],
                "agent_fee": amount(0, 1), "agreement_hash": "00".repeat(32),
                "ratify_by": at(END), "deliver_by": at(2 * END), "review_sec": 86_400,
                "default_bps": 0,
            }),
        ),
        op(
            "object_create",
            json!({"owner": "1.2.1", "kind": "dust", "data": "00", "transferable": true}),
        ),
        op("object_transfer", json!({"owner": "1.2.1", "object": "16.8.0", "to": "1.2.6"})),
        op(
            "proposal_create",
            json!({
                "fee_paying_account": "1.2.1", "expiration_time": at(60),
                "proposed_ops": [{"op": give("1.2.6", "1.2.1").to_json_in(DIALECT)}],
            }),
        ),
        offer(json!({})),
        accept(json!({})),
        // The object is the buyer's now.
        op("object_transfer", json!({"owner": "1.2.6", "object": "16.8.0", "to": "1.2.3"})),
    ];
    story(sent.into_iter().map(|operation| Do(operation, "ok")).collect());
}

/// What 1.2.6 may have promised by an operation.
fn promises() -> Vec<Operation> {
    let expiration = at(END);
    vec![
        op(
            "recurring_create",
            json!({
                "from": "1.2.6", "to": "1.2.1", "amount": amount(1, 1), "interval_sec": 86_400,
                "times": 2, "start": at(2 * END),
            }),
        ),
        op(
            "escrow_create",
            json!({
                "from": "1.2.6", "to": "1.2.2", "amounts": [amount(1, 1)],
                "agent_fee": amount(0, 1), "agreement_hash": "00".repeat(32),
                "ratify_by": at(END), "deliver_by": at(2 * END), "default_bps": 0,
            }),
        ),
        op(
            "bond_offer_create",
            json!({
                "creator": "1.2.6", "side": "lend", "amount": amount(10, 1), "min_take": 1,
                "expiry": at(END), "terms": {
                    "ratio": price(amount(1, 2), amount(1, 1)), "term_sec": 86_400,
                },
            }),
        ),
        op(
            "limit_order_create",
            json!({
                "seller": "1.2.6", "amount_to_sell": amount(1, 1),
                "min_to_receive": amount(1, 2), "expiration": expiration,
            }),
        ),
        op(
            "withdraw_permission_create",
            json!({
                "withdraw_from_account": "1.2.6", "authorized_account": "1.2.1",
                "withdrawal_limit": amount(5, 1), "withdrawal_period_sec": 100,
                "periods_until_expiration": 5, "period_start_time": at(1),
            }),
        ),
        op(
            "samet_fund_create",
            json!({"owner_account": "1.2.6", "asset_type": "1.3.1", "balance": 10}),
        ),
    ]
}

#[test]
fn who_promised_something_is_not_sold() {
    for promise in promises() {
        let mut ledger = open_chain(1_000);
        check(&mut ledger, &[Do(promise, "ok"), Do(offer(json!({})), "TitleRefusal::NotBare")]);
    }
}

#[test]
fn who_ratified_or_wrote_is_not_sold() {
    let hash = "00".repeat(32);
    let escrow = op(
        "escrow_create",
        json!({
            "from": "1.2.1", "to": "1.2.6", "amounts": [amount(1, 1)], "agent_fee": amount(0, 1),
            "agreement_hash": hash, "ratify_by": at(END), "deliver_by": at(2 * END),
            "default_bps": 0,
        }),
    );
    let ratify = op(
        "escrow_ratify",
        json!({"who": "1.2.6", "escrow": "16.2.0", "agreement_hash": hash, "approve": true}),
    );
    let terms = json!({
        "underlying": "1.3.1", "quote": "1.3.2", "strike": 30, "contract_size": 10,
        "kind": "call", "style": "american", "expiry": at(324_800),
    });
    let series = op("option_series_create", json!({"creator": "1.2.6", "terms": terms}));
    let write = op(
        "option_write",
        json!({"writer": "1.2.6", "series": "16.5.0", "terms": terms, "contracts": 1}),
    );
    let close = op(
        "option_close",
        json!({"writer": "1.2.6", "series": "16.5.0", "tranche": "16.11.0", "contracts": 1}),
    );
    story(vec![
        Do(series, "ok"),
        Do(write, "ok"),
        Do(offer(json!({})), "TitleRefusal::NotBare"),
        Do(close, "ok"),
        Do(escrow, "ok"),
        Do(offer(json!({})), "ok"),
        Do(withdraw("1.2.6"), "ok"),
        Do(ratify, "ok"),
        Do(offer(json!({})), "TitleRefusal::NotBare"),
    ]);
}

/// Rows of the reference that make an account more than a name.
type Office = fn(&mut Ledger);

const OFFICES: &[Office] = &[
    |ledger| {
        ledger.modify(SOLD, |account| account.extras.blacklisted_accounts.insert(Id(1))).unwrap();
    },
    |ledger| {
        let witness = Witness { witness_account: SOLD, ..Witness::default() };
        ledger.create::<WitnessId>(witness);
    },
    |ledger| {
        let member =
            CommitteeMember { committee_member_account: SOLD, ..CommitteeMember::default() };
        ledger.create::<CommitteeMemberId>(member);
    },
    |ledger| {
        ledger.create::<WorkerId>(Worker { worker_account: SOLD, ..Worker::default() });
    },
    |ledger| {
        let custom = CustomAuthority {
            account: SOLD,
            operation_type: VarUint(0),
            ..CustomAuthority::default()
        };
        ledger.create::<CustomAuthorityId>(custom);
    },
    |ledger| {
        let top = TopHolders { asset: Id(1), num_top_holders: 1 };
        let follow = |account: &mut Account| {
            account.extras.active_special_authority = SpecialAuthority::TopHolders(top);
        };
        ledger.modify(SOLD, follow).unwrap();
    },
    |ledger| {
        let only = [Id(0)].into_iter().collect();
        ledger.modify(SOLD, |account| account.extras.allowed_assets = Some(only)).unwrap();
    },
    |ledger| {
        ledger.create::<TicketId>(Ticket { account: SOLD, ..Ticket::default() });
    },
    |ledger| {
        ledger.create::<CreditOfferId>(CreditOffer { owner_account: SOLD, ..Default::default() });
    },
    |ledger| {
        ledger.create::<CreditDealId>(CreditDeal { borrower: SOLD, ..CreditDeal::default() });
    },
    |ledger| {
        ledger.create::<CreditDealId>(CreditDeal { offer_owner: SOLD, ..CreditDeal::default() });
    },
    |ledger| {
        ledger.create::<CollateralBidId>(CollateralBid { bidder: SOLD, ..Default::default() });
    },
    |ledger| {
        ledger.create::<ForceSettlementId>(ForceSettlement { owner: SOLD, ..Default::default() });
    },
    |ledger| {
        ledger.create::<CallOrderId>(CallOrder { borrower: SOLD, ..CallOrder::default() });
    },
    |ledger| {
        ledger.create::<BondId>(Bond { borrower: SOLD, lender: Id(1), ..Bond::default() });
    },
    |ledger| {
        let mut htlc = Htlc::default();
        htlc.transfer.from = SOLD;
        ledger.create::<HtlcId>(htlc);
    },
];

#[test]
fn who_has_an_office_or_a_debt_is_not_sold() {
    for (place, office) in OFFICES.iter().enumerate() {
        let mut ledger = open_chain(1_000);
        office(&mut ledger);
        let refused = apply(&mut ledger, offer(json!({}))).unwrap_err();
        assert_eq!(refused.reason(), "TitleRefusal::NotBare", "{place}");
    }
}

#[test]
fn a_lender_side_hinders_nothing() {
    let lends = |ledger: &mut Ledger| {
        ledger.create::<BondId>(Bond { borrower: Id(1), lender: SOLD, ..Bond::default() });
    };
    story(vec![Then(lends), Do(offer(json!({})), "ok")]);
}

/// 1.2.1 proposes that 1.2.6 and 1.2.2 each give it something.
fn propose() -> Operation {
    let gifts = [give("1.2.6", "1.2.1"), give("1.2.2", "1.2.1")];
    let gifts: Vec<Value> =
        gifts.iter().map(|gift| json!({"op": gift.to_json_in(DIALECT)})).collect();
    op(
        "proposal_create",
        json!({
            "fee_paying_account": "1.2.1", "expiration_time": at(2 * END), "proposed_ops": gifts,
        }),
    )
}

fn approve(proposal: u64, account: &str) -> Operation {
    op(
        "proposal_update",
        json!({
            "fee_paying_account": "1.2.1", "proposal": format!("1.10.{proposal}"),
            "active_approvals_to_add": [account],
        }),
    )
}

#[test]
fn an_approval_of_the_old_owner_is_void() {
    story(vec![
        Do(propose(), "ok"),
        Do(approve(0, "1.2.6"), "ok"),
        Do(offer(json!({})), "ok"),
        Do(accept(json!({})), "ok"),
        Do(approve(0, "1.2.2"), "ok"),
        Has(1, 1, 1_000),
        // In an older proposal even the new owner's word does not count.
        Do(approve(0, "1.2.6"), "ok"),
        Has(1, 1, 1_000),
        Do(propose(), "ok"),
        Do(approve(1, "1.2.6"), "ok"),
        Do(approve(1, "1.2.2"), "ok"),
        Has(1, 1, 1_010),
        Has(6, 1, 995),
    ]);
}

#[test]
fn a_proposal_that_was_approved_waits_in_vain_while_the_name_is_for_sale() {
    story(vec![
        Do(propose(), "ok"),
        Do(approve(0, "1.2.6"), "ok"),
        Do(offer(json!({})), "ok"),
        // All have approved, and it is refused.
        Do(approve(0, "1.2.2"), "ok"),
        Has(1, 1, 1_000),
        Then(|ledger| {
            let proposal = ledger.get(Id(0) as ProposalId).unwrap();
            assert!(proposal.fail_reason.to_string().contains("for sale"));
        }),
    ]);
}

#[test]
fn a_permission_to_the_old_owner_is_void_and_one_to_the_new_is_not() {
    let permit = |start: u32| {
        op(
            "withdraw_permission_create",
            json!({
                "withdraw_from_account": "1.2.1", "authorized_account": "1.2.6",
                "withdrawal_limit": amount(5, 1), "withdrawal_period_sec": 100_000,
                "periods_until_expiration": 5, "period_start_time": at(start),
            }),
        )
    };
    let claim = |permission: u64| {
        op(
            "withdraw_permission_claim",
            json!({
                "withdraw_permission": format!("1.12.{permission}"),
                "withdraw_from_account": "1.2.1", "withdraw_to_account": "1.2.6",
                "amount_to_withdraw": amount(1, 1),
            }),
        )
    };
    story(vec![
        Do(permit(1), "ok"),
        At(2),
        Do(claim(0), "ok"),
        Do(offer(json!({})), "ok"),
        Do(claim(0), "TitleRefusal::Frozen"),
        Do(accept(json!({})), "ok"),
        Do(claim(0), "TitleRefusal::Void"),
        Do(permit(3), "ok"),
        At(4),
        Do(claim(1), "ok"),
        Has(1, 1, 998),
    ]);
}

#[test]
fn a_proxy_that_was_sold_votes_for_nobody_who_did_not_choose_it_again() {
    let voted_at = |ledger: &Ledger, seconds: u32| {
        let voting =
            Voting { last_vote_time: TimePointSec(START.0 + seconds), ..Voting::default() };
        let voter = AccountStatistics { voting: voting.into(), ..AccountStatistics::default() };
        is_void_proxy(ledger, SOLD, &voter)
    };
    let mut ledger = open_chain(1_000);
    assert!(!voted_at(&ledger, 0));
    check(&mut ledger, &[Do(offer(json!({})), "ok"), At(50), Do(accept(json!({})), "ok")]);
    assert!(voted_at(&ledger, 0));
    assert!(voted_at(&ledger, 50));
    assert!(!voted_at(&ledger, 51));
}

#[test]
fn what_was_signed_before_the_sale_opens_nothing_after_it() {
    let mut ledger = open_chain(1_000);
    ledger.modify(SOLD, lock("old")).unwrap();
    let gift = [give("1.2.6", "1.2.1")];
    let keys = [PrivateKey::from_seed("old").public_key()];
    let approvals = Approvals { keys: &keys, ..Approvals::default() };
    assert!(verify_authority(&gift, &approvals, &ledger, 2).is_ok());
    check(&mut ledger, &[Do(offer(json!({})), "ok"), Do(accept(json!({})), "ok")]);
    let refused = verify_authority(&gift, &approvals, &ledger, 2).unwrap_err();
    assert_eq!(refused.reason(), "AuthorityRefusal::MissingActive");
}

#[test]
fn votes_and_good_names_go_and_bad_ones_stay() {
    let others = |ledger: &mut Ledger| {
        let (friend, foe): (AccountId, AccountId) = (Id(7), Id(8));
        let write = |account: &mut Account| {
            account.extras.whitelisting_accounts.insert(friend);
            account.extras.blacklisting_accounts.insert(foe);
            account.options.voting_account = friend;
        };
        ledger.modify(SOLD, write).unwrap();
        let statistics: AccountStatisticsId = Id(SOLD.0);
        ledger.modify(statistics, |statistics| statistics.voting.is_voting = true).unwrap();
    };
    story(vec![
        Then(others),
        Do(offer(json!({})), "ok"),
        At(7),
        Do(accept(json!({})), "ok"),
        Then(|ledger| {
            let account = ledger.get(SOLD).unwrap();
            assert!(account.extras.whitelisting_accounts.is_empty());
            assert!(account.extras.blacklisting_accounts.contains(&Id(8)));
            assert!(!account.options.is_voting());
            let statistics = ledger.statistics(SOLD).unwrap();
            assert!(!statistics.voting.is_voting);
            assert_eq!(statistics.voting.last_vote_time, TimePointSec(START.0 + 7));
        }),
    ]);
}

/// 1.2.6 paid a hundred in fees, and fifty came back to it.
fn pay_fees(ledger: &mut Ledger) {
    ledger.adjust_balance(SOLD, Asset::core(-150)).unwrap();
    let statistics: AccountStatisticsId = Id(SOLD.0);
    ledger.modify(statistics, |statistics| statistics.pending_fees = 100).unwrap();
    let cashback: VestingBalanceId = ledger.create(VestingBalance {
        owner: SOLD,
        balance: Asset::core(50),
        ..VestingBalance::default()
    });
    ledger.modify(SOLD, |account| account.extras.cashback_vb = Some(cashback)).unwrap();
}

#[test]
fn fees_are_shared_out_and_what_came_back_of_them_is_the_sellers() {
    story(vec![
        Then(pay_fees),
        Do(offer(json!({})), "ok"),
        Do(accept(json!({})), "ok"),
        Then(|ledger| {
            let statistics = ledger.statistics(SOLD).unwrap();
            assert_eq!((statistics.pending_fees, statistics.lifetime_fees_paid), (0, 100));
            assert!(!statistics.voting.has_cashback_vb);
            assert_eq!(ledger.get(SOLD).unwrap().extras.cashback_vb, None);
            let cashback = ledger.get(Id(0) as VestingBalanceId).unwrap();
            assert_eq!((cashback.owner, cashback.balance.amount), (Id(4), 50));
        }),
    ]);
}

#[test]
fn who_may_not_hold_the_price_neither_buys_nor_sells() {
    offered(vec![
        Then(|ledger| blacklist(ledger, 3, 1..2)),
        Do(accept(json!({})), "ContractRefusal::MayNotHold"),
        Do(accept(json!({"buyer": "1.2.1"})), "ok"),
    ]);
    story(vec![
        Then(|ledger| blacklist(ledger, 4, 1..2)),
        Do(offer(json!({})), "ContractRefusal::MayNotHold"),
    ]);
}

#[test]
fn in_a_paused_family_nothing_is_offered_and_what_stands_goes_on() {
    let pause = |ledger: &mut Ledger| {
        let settings: FeatureSettingsId = Id(0);
        let pause = |one: &mut FeatureSettings| one.current.paused.insert(Family::Titles);
        ledger.modify(settings, pause).unwrap();
    };
    offered(vec![
        Then(pause),
        Do(offer(json!({"account": "1.2.7"})), "FeatureRefusal::Paused"),
        Do(accept(json!({})), "ok"),
    ]);
}
