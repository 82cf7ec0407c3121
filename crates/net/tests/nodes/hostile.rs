//! Peers that do not keep to the rules: no panic, bounded memory, a reason.

use crate::world::{Chain, INTERVAL, carbyne, endpoint, identity, plain};
use carbyne_crypto::PrivateKey;
use carbyne_net::cipher::{Decryptor, Encryptor, SharedSecret};
use carbyne_net::frame::{self, Assembly, PAYLOAD_BYTES_MAX};
use carbyne_net::message::{
    Address, AddressInfo, BlockMessage, CARBYNE_KINDS, Chunk, ClosingConnection, CompactBlock,
    CompactTransaction, ConnectionRejected, CurrentTimeRequest, Direction, FetchChunk,
    FetchCompact, FetchIds, FetchItems, FetchMissing, Hello, IdsInventory, Inventory, ItemId,
    ItemNotAvailable, Message, Missing, Nothing, StateManifest, StateRefused, kind, message_hash,
};
use carbyne_net::{
    ChainView, Config, ConnectionId, Delivered, Effect, Input, Lasting, LinkError, Node, Now,
    Place, Reason, Unexpected, Verdict, carbyne_member,
};
use carbyne_protocol::transaction::SignedTransaction;
use carbyne_wire::{Bytes, Digest, Hash160, Pack, Tags};
use proptest::prelude::*;
use std::sync::Arc;

const ID: ConnectionId = ConnectionId(1);

/// How far a hostile peer goes by the rules before it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    Connected,
    KeysExchanged,
    HelloSent,
    Accepted,
    Active,
}

const STATES: [Until; 5] =
    [Until::Connected, Until::KeysExchanged, Until::HelloSent, Until::Accepted, Until::Active];

/// A node and the other end of its one connection.
struct Bench {
    node: Node,
    chain: Chain,
    now: Now,
    encryptor: Encryptor,
    decryptor: Decryptor,
    assembly: Assembly,
    key_left: usize,
    /// What the node sent.
    sent: Vec<Message>,
    closed: Option<Reason>,
    delivered: Vec<(carbyne_net::Token, Delivered)>,
    /// Whether the peer reads what it is sent.
    reads: bool,
}

impl Bench {
    fn new(until: Until) -> Self {
        Self::between(until, plain(), false)
    }

    /// A Carbyne node whose peer says that it is one, or does not.
    fn carbyne(until: Until, says_so: bool) -> Self {
        Self::between(until, carbyne(), says_so)
    }

    fn between(until: Until, config: Config, is_carbyne: bool) -> Self {
        let (own, other) = (PrivateKey::from_seed("own"), PrivateKey::from_seed("other"));
        let secret = SharedSecret::new(&own, &other.public_key()).unwrap();
        let mut bench = Self {
            node: Node::new(identity(0), Config { listen: Some(endpoint(0)), ..config }, []),
            chain: Chain::of(30),
            now: Now(i64::from(crate::world::START + 1_000) * 1_000_000),
            encryptor: secret.encryptor(),
            decryptor: secret.decryptor(),
            assembly: Assembly::default(),
            key_left: 33,
            sent: Vec::new(),
            closed: None,
            delivered: Vec::new(),
            reads: true,
        };
        let remote = endpoint(1).with_port(50_000);
        let place = Place { direction: Direction::Inbound, local: endpoint(0), remote };
        bench.step(Input::Connected { id: ID, place, key: Box::new(own) });
        if until >= Until::KeysExchanged {
            bench.bytes(other.public_key().0.to_vec());
        }
        if until >= Until::HelloSent {
            let mut hello = bench.hello(&secret);
            hello.user_data.0.extend(is_carbyne.then(carbyne_member));
            bench.say(Message::Hello(Box::new(hello)));
        }
        if until >= Until::Accepted {
            bench.say(Message::ConnectionAccepted(Nothing {}));
        }
        if until >= Until::Active {
            bench.say(Message::Address(Address::default()));
        }
        bench
    }

    fn hello(&self, secret: &SharedSecret) -> Hello {
        let key = PrivateKey::from_seed("peer");
        Hello {
            node_public_key: key.public_key(),
            signed_shared_secret: key.sign(&secret.digest()),
            chain_id: identity(0).chain_id,
            ..Hello::default()
        }
    }

    fn step(&mut self, input: Input) {
        let mut effects = Vec::new();
        self.node.step(self.now, input, &self.chain, &mut effects);
        for effect in effects {
            match effect {
                Effect::Send(_, bytes) => self.read(&bytes),
                Effect::Close(_, reason) => self.closed = Some(reason),
                Effect::Deliver(token, _, item) => self.delivered.push((token, item)),
                Effect::Connect(_) | Effect::WakeAt(_) | Effect::State(_) => {}
            }
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        let (key, bytes) = bytes.split_at(self.key_left.min(bytes.len()));
        self.key_left -= key.len();
        self.decryptor.decrypt(bytes, self.assembly.room());
        while let Ok(Some(frame)) = self.assembly.next_frame() {
            self.sent.extend(Message::read(frame.kind, &frame.payload, Tags::Reference).unwrap());
        }
        if self.reads {
            self.step(Input::Sent(ID, bytes.len()));
        }
    }

    fn bytes(&mut self, bytes: Vec<u8>) {
        self.step(Input::Bytes(ID, bytes));
    }

    fn say(&mut self, message: Message) {
        self.say_payload(message.kind(), &message.payload());
    }

    fn say_payload(&mut self, kind: u32, payload: &[u8]) {
        let mut bytes = frame::pack(kind, payload);
        self.encryptor.encrypt(&mut bytes);
        self.bytes(bytes);
    }

    fn pass(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.now = self.now.after(1);
            self.step(Input::Tick);
        }
    }

    /// The words with which the node says that it ends the connection.
    fn told(&self) -> Option<String> {
        self.sent.iter().find_map(|message| match message {
            Message::ClosingConnection(closing) => Some(closing.reason_for_closing.to_string()),
            _ => None,
        })
    }
}

fn hash(number: u32) -> Hash160 {
    let mut bytes = [3; 20];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    carbyne_wire::Digest(bytes)
}

/// Any message, sensible or not.
fn any_message() -> impl Strategy<Value = Message> {
    let hashes = || prop::collection::vec(0u32..60, 0..20);
    let hashes = move || hashes().prop_map(|numbers| numbers.into_iter().map(hash).collect());
    let item_type = || prop_oneof![Just(kind::TRANSACTION), Just(kind::BLOCK), any::<u32>()];
    let of_kind = move || (item_type(), hashes());
    prop_oneof![
        of_kind().prop_map(|(item_type, item_hashes_available)| Message::Inventory(Inventory {
            item_type,
            item_hashes_available
        })),
        (any::<u32>(), of_kind()).prop_map(|(remaining, (item_type, ids))| {
            Message::Ids(IdsInventory {
                total_remaining_item_count: remaining % 9,
                item_type,
                item_hashes_available: ids,
            })
        }),
        of_kind().prop_map(|(item_type, blockchain_synopsis)| Message::FetchIds(FetchIds {
            item_type,
            blockchain_synopsis
        })),
        of_kind().prop_map(|(item_type, items_to_fetch)| Message::FetchItems(FetchItems {
            item_type,
            items_to_fetch
        })),
        (item_type(), 0u32..60).prop_map(|(kind, number)| {
            let requested_item = ItemId { kind, hash: hash(number) };
            Message::ItemNotAvailable(ItemNotAvailable { requested_item })
        }),
        Just(Message::Hello(Box::default())),
        Just(Message::ConnectionAccepted(Nothing {})),
        (0u8..9).prop_map(|reason_code| Message::ConnectionRejected(ConnectionRejected {
            reason_code,
            ..ConnectionRejected::default()
        })),
        Just(Message::AddressRequest(Nothing {})),
        (0usize..400).prop_map(|count| {
            let info = |number| AddressInfo {
                remote_endpoint: endpoint(number),
                ..AddressInfo::default()
            };
            Message::Address(Address { addresses: (0..count).map(info).collect() })
        }),
        Just(Message::ClosingConnection(ClosingConnection::default())),
        any::<i64>().prop_map(|request_sent_time| {
            Message::CurrentTimeRequest(CurrentTimeRequest { request_sent_time })
        }),
        Just(Message::CurrentTimeReply(Default::default())),
        Just(Message::Transaction(Arc::new(SignedTransaction::default()))),
        Just(Message::Block(Box::default())),
        Just(Message::ConnectionsRequest(Nothing {})),
        any_message_of_carbyne(),
    ]
}

/// Any message that only Carbyne nodes say to each other.
fn any_message_of_carbyne() -> impl Strategy<Value = Message> {
    let transaction = |given: bool| {
        let bytes = if given { SignedTransaction::default().to_bytes() } else { Vec::new() };
        let Digest(hash) = message_hash(&bytes);
        let name = Digest(*hash.first_chunk().expect("bytes"));
        CompactTransaction { name, results: Bytes(vec![0]), given: Bytes(bytes) }
    };
    let compact = move |(number, given): (u32, Vec<bool>)| {
        let transactions = given.into_iter().map(transaction).collect();
        let block = hash(number);
        Message::CompactBlock(CompactBlock { block, transactions, ..CompactBlock::default() })
    };
    let of = |index| FetchChunk { index, ..FetchChunk::default() };
    prop_oneof![
        (0u32..60).prop_map(|number| Message::FetchCompact(FetchCompact { block: hash(number) })),
        (0u32..60, prop::collection::vec(any::<bool>(), 0..9)).prop_map(compact),
        (0u32..60, prop::collection::vec(0u32..9, 0..9)).prop_map(|(number, places)| {
            Message::FetchMissing(FetchMissing { block: hash(number), places })
        }),
        (0u32..60).prop_map(|number| {
            Message::Missing(Missing { block: hash(number), ..Missing::default() })
        }),
        Just(Message::StateRequest(Nothing {})),
        Just(Message::StateManifest(StateManifest::default())),
        any::<u32>().prop_map(move |index| Message::FetchChunk(of(index))),
        (0u32..9)
            .prop_map(move |index| { Message::Chunk(Chunk { of: of(index), ..Chunk::default() }) }),
        (0u32..9, 0u8..9).prop_map(move |(index, reason)| {
            Message::StateRefused(StateRefused { of: of(index), reason })
        }),
    ]
}

/// Bytes that one peer may make a node hold, whatever it does.
const HELD_MAX: usize = 6 * 1024 * 1024;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("CARBYNE_NET_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(96)
    ))]

    /// Bytes that mean nothing, at every state of the handshake.
    #[test]
    fn any_bytes_are_survived(
        state in 0usize..5,
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..40),
    ) {
        let mut bench = Bench::new(STATES[state]);
        for piece in pieces {
            bench.bytes(piece);
            prop_assert!(bench.node.held_bytes() < HELD_MAX);
        }
        bench.pass(60);
        // Who has said nothing that can be understood is left.
        prop_assert!(bench.node.peers().count() == 0);
    }

    /// Frames of any kind with any payload.
    #[test]
    fn any_payload_is_survived(
        state in 1usize..5,
        frames in prop::collection::vec(
            (prop_oneof![998u32..1003, 4998u32..5020, any::<u32>()],
             prop::collection::vec(any::<u8>(), 0..400)), 0..12),
    ) {
        let mut bench = Bench::new(STATES[state]);
        for (kind, payload) in frames {
            bench.say_payload(kind, &payload);
            prop_assert!(bench.node.held_bytes() < HELD_MAX);
        }
    }

    /// Messages that can be read, in any order, while time passes and the chain says anything.
    #[test]
    fn any_messages_are_survived(
        state in 1usize..5,
        reads in any::<bool>(),
        says_so in any::<bool>(),
        messages in prop::collection::vec((any_message(), 0u32..4), 0..40),
    ) {
        let mut bench = Bench::carbyne(STATES[state], says_so);
        bench.reads = reads;
        for (number, (message, seconds)) in messages.into_iter().enumerate() {
            bench.say(message);
            for (token, _) in std::mem::take(&mut bench.delivered) {
                let lasting = [Lasting::ForGood, Lasting::ForNow, Lasting::Unlinkable][number % 3];
                let refused = Verdict::Refused { lasting, why: "no".to_owned() };
                let verdicts = [Verdict::Sound, Verdict::Accepted, refused];
                let verdict = verdicts[(number / 3) % 3].clone();
                bench.step(Input::Became(token, verdict));
            }
            bench.pass(seconds);
            prop_assert!(bench.node.held_bytes() < HELD_MAX);
        }
        prop_assert!(bench.node.book().records().count() <= 1_000);
    }
}

#[test]
fn a_message_that_is_too_long_ends_the_connection_by_its_header() {
    for state in &STATES[1..] {
        let mut bench = Bench::new(*state);
        let size = PAYLOAD_BYTES_MAX as u32 + 1;
        let mut header = [size.to_le_bytes(), 1001u32.to_le_bytes(), [0; 4], [0; 4]].concat();
        bench.encryptor.encrypt(&mut header);
        bench.bytes(header);
        let is_expected = matches!(&bench.closed, Some(Reason::Unreadable(LinkError::TooLong(_))));
        assert!(is_expected, "{state:?}: {:?}", bench.closed);
    }
}

#[test]
fn a_message_that_comes_drip_by_drip_holds_no_more_than_itself_and_not_for_long() {
    for state in &STATES[1..] {
        let mut bench = Bench::new(*state);
        let mut bytes = frame::pack(kind::BLOCK, &vec![0; PAYLOAD_BYTES_MAX]);
        bench.encryptor.encrypt(&mut bytes);
        for (second, piece) in bytes.chunks(40_000).enumerate() {
            if bench.closed.is_some() || bench.told().is_some() {
                break;
            }
            bench.bytes(piece.to_vec());
            bench.pass(1);
            assert!(bench.node.held_bytes() < HELD_MAX);
            assert!(second < 40, "{state:?} after {second} s");
        }
        bench.pass(25);
        assert_eq!(bench.node.peers().count(), 0, "{state:?}");
    }
}

#[test]
fn a_key_that_is_none_ends_the_connection() {
    let mut bench = Bench::new(Until::Connected);
    bench.bytes(vec![0; 33]);
    assert!(matches!(bench.closed, Some(Reason::Unreadable(LinkError::NoKey(_)))));
}

#[test]
fn who_asks_and_does_not_read_is_left() {
    let mut bench = Bench::new(Until::Active);
    bench.reads = false;
    let ids = bench.chain.ids.clone();
    for _ in 0..1_000 {
        let items_to_fetch = ids.clone();
        bench.say(Message::FetchItems(FetchItems { item_type: kind::BLOCK, items_to_fetch }));
        assert!(bench.node.held_bytes() < HELD_MAX);
    }
    bench.say(Message::FetchItems(FetchItems {
        item_type: kind::BLOCK,
        items_to_fetch: vec![hash(1); 100_000],
    }));
    assert_eq!(bench.closed, Some(Reason::SendQueueFull));
}

/// What a peer says that an honest one does not, and the reason it is given.
fn check(state: Until, message: Message, words: &str) {
    let mut bench = Bench::new(state);
    bench.say(message);
    assert_eq!(bench.told().as_deref(), Some(words));
    bench.pass(25);
    assert_eq!(bench.node.peers().count(), 0);
}

#[test]
fn who_breaks_a_rule_is_told_which() {
    let ids = |numbers: &[u32], remaining| {
        Message::Ids(IdsInventory {
            total_remaining_item_count: remaining,
            item_type: kind::BLOCK,
            item_hashes_available: numbers.iter().map(|number| hash(*number)).collect(),
        })
    };
    let wrong_ids = "You gave an invalid response to my request for sync blocks";
    check(Until::Active, ids(&[30, 32], 0), wrong_ids);
    check(Until::Active, ids(&[30, 31], 0), wrong_ids);
    check(
        Until::Active,
        Message::Ids(IdsInventory {
            total_remaining_item_count: 1 << 30,
            item_type: kind::BLOCK,
            item_hashes_available: vec![*Chain::of(30).ids.last().unwrap()],
        }),
        "You offered me a list of more sync blocks than could possibly exist",
    );
    let block = Message::Block(Box::default());
    check(Until::Active, block, "You sent me a block that I didn't ask for");
    let transaction = Message::Transaction(Arc::new(SignedTransaction::default()));
    let not_asked = "You sent me a message that I didn't request";
    check(Until::Active, transaction, not_asked);
    check(Until::HelloSent, Message::Hello(Box::default()), "Received an unexpected hello_message");
    for (message, unexpected) in [
        (Message::AddressRequest(Nothing {}), Unexpected::AddressRequest),
        (Message::FetchIds(FetchIds::default()), Unexpected::FetchIds),
        (Message::FetchItems(FetchItems::default()), Unexpected::FetchItems),
        (Message::Inventory(Inventory::default()), Unexpected::Inventory),
    ] {
        let words = format!("Received an unexpected {}", unexpected.name());
        check(Until::KeysExchanged, message, &words);
    }
}

#[test]
fn an_invalid_block_ends_the_connection_and_one_of_later_does_not() {
    let offer = |bench: &mut Bench| {
        let block = bench.chain.next();
        let message = Message::Block(Box::new(BlockMessage { id: block.id(), block }));
        let hash = message_hash(&message.payload());
        let empty = Message::Ids(IdsInventory { item_type: kind::BLOCK, ..Default::default() });
        bench.say(empty);
        bench.say(Message::Inventory(Inventory {
            item_type: kind::BLOCK,
            item_hashes_available: vec![hash],
        }));
        bench.say(message);
        bench.delivered.pop().expect("it was delivered").0
    };
    for (lasting, ends) in [(Lasting::ForGood, true), (Lasting::ForNow, false)] {
        let mut bench = Bench::new(Until::Active);
        let token = offer(&mut bench);
        let why = "no".to_owned();
        bench.step(Input::Became(token, Verdict::Refused { lasting, why }));
        assert_eq!(bench.told().is_some(), ends, "{lasting:?}");
    }
    // One that does not link makes the node ask what is missing.
    let mut bench = Bench::new(Until::Active);
    let token = offer(&mut bench);
    let asked = |bench: &Bench| {
        bench.sent.iter().filter(|sent| matches!(sent, Message::FetchIds(_))).count()
    };
    assert_eq!(asked(&bench), 1);
    let lasting = Lasting::Unlinkable;
    bench.step(Input::Became(token, Verdict::Refused { lasting, why: "no".to_owned() }));
    assert_eq!((asked(&bench), bench.told()), (2, None));
}

/// Offers a block, and gives what it is called.
fn offer(bench: &mut Bench, block: &carbyne_protocol::transaction::SignedBlock) -> Hash160 {
    bench.say(Message::Ids(IdsInventory { item_type: kind::BLOCK, ..Default::default() }));
    let message = BlockMessage { id: block.id(), block: block.clone() };
    let hash = message_hash(&message.to_bytes());
    let (item_type, item_hashes_available) = (kind::BLOCK, vec![hash]);
    bench.say(Message::Inventory(Inventory { item_type, item_hashes_available }));
    hash
}

#[test]
fn who_does_not_say_that_it_is_carbyne_never_hears_of_it_and_is_not_heard_about_it() {
    let mut bench = Bench::carbyne(Until::Active, false);
    let block = bench.chain.next();
    let hash = offer(&mut bench, &block);
    let asked = bench.sent.iter().any(|sent| match sent {
        Message::FetchItems(fetch) => fetch.items_to_fetch == [hash],
        _ => false,
    });
    assert!(asked, "the whole block is asked for");
    bench.say(Message::FetchCompact(FetchCompact { block: hash }));
    bench.say(Message::StateRequest(Nothing {}));
    // As with a kind that the reference does not know, the payload is not looked at.
    bench.say_payload(kind::CHUNK, &[0xff; 9]);
    assert!(bench.closed.is_none() && bench.told().is_none());
    assert!(bench.sent.iter().all(|sent| !CARBYNE_KINDS.contains(&sent.kind())));
}

#[test]
fn who_lies_about_a_block_in_short_form_is_left() {
    let given = Bytes(SignedTransaction::default().to_bytes());
    let Digest(hash) = message_hash(&given);
    let name = Digest(*hash.first_chunk().expect("bytes"));
    let short = |name, given: &Bytes, count| {
        let (results, given) = (Bytes(vec![0]), given.clone());
        vec![CompactTransaction { name, results, given }; count]
    };
    let unnamed = short(Digest([1; 8]), &given, 1);
    let too_many = short(name, &Bytes(vec![7; 1_000]), 1);
    for transactions in [unnamed, too_many] {
        let mut bench = Bench::carbyne(Until::Active, true);
        let next = bench.chain.next();
        let block = offer(&mut bench, &next);
        assert!(matches!(bench.sent.last(), Some(Message::FetchCompact(_))), "{:?}", bench.sent);
        let compact = CompactBlock { block, transactions, ..CompactBlock::default() };
        bench.say(Message::CompactBlock(compact));
        let words = bench.told().expect("it is told");
        assert!(words.contains("in short form is not as it must be"), "{words}");
    }
}

#[test]
fn a_block_in_short_form_that_is_another_is_asked_for_as_it_is() {
    let mut bench = Bench::carbyne(Until::Active, true);
    let next = bench.chain.next();
    let block = offer(&mut bench, &next);
    let header = Bytes(next.signed_header.to_bytes());
    let compact = CompactBlock { block, header, id: hash(9), ..CompactBlock::default() };
    bench.say(Message::CompactBlock(compact));
    assert!(matches!(bench.sent.last(), Some(Message::FetchItems(_))), "{:?}", bench.sent);
    // Its short form is not waited for any more.
    bench.say(Message::CompactBlock(CompactBlock { block, ..CompactBlock::default() }));
    assert_eq!(bench.told().as_deref(), Some("You sent me a message that I didn't request"));
}

#[test]
fn a_block_in_short_form_is_never_longer_than_a_message_may_be() {
    let mut bench = Bench::carbyne(Until::Active, true);
    let next = bench.chain.next();
    let block = offer(&mut bench, &next);
    // Each is called as a transaction that is here, and has many bytes: together far too many.
    let transaction = SignedTransaction {
        signatures: vec![PrivateKey::from_seed("s").sign(&[1; 32]); 200].into(),
        ..SignedTransaction::default()
    };
    let Digest(hash) = message_hash(&transaction.to_bytes());
    bench.step(Input::NewTransaction(Arc::new(transaction)));
    let name = Digest(*hash.first_chunk().expect("bytes"));
    let short = CompactTransaction { name, ..CompactTransaction::default() };
    let transactions = vec![short; 10_000];
    bench.say(Message::CompactBlock(CompactBlock { block, transactions, ..Default::default() }));
    assert!(bench.told().expect("it is told").contains("in short form"));
    assert!(bench.node.held_bytes() < HELD_MAX);
}

#[test]
fn an_answer_that_was_overtaken_by_another_question_says_nothing() {
    let mut bench = Bench::carbyne(Until::Active, true);
    let longer = Chain::of(33);
    let ids = |from: usize, to: usize| {
        Message::Ids(IdsInventory {
            total_remaining_item_count: 0,
            item_type: kind::BLOCK,
            item_hashes_available: longer.ids[from..to].to_vec(),
        })
    };
    bench.say(ids(29, 30));
    // Two blocks that follow nothing here: the peer is asked what it has, twice.
    let mut chain = longer.clone();
    for _ in 0..2 {
        let block = chain.next();
        chain.push(&block).expect("it follows");
        let message = BlockMessage { id: block.id(), block };
        let item_hashes_available = vec![message_hash(&message.to_bytes())];
        bench.say(Message::Inventory(Inventory { item_type: kind::BLOCK, item_hashes_available }));
        bench.say(Message::Block(Box::new(message)));
        let (token, _) = bench.delivered.pop().expect("it came to the chain");
        let verdict = Verdict::Refused { lasting: Lasting::Unlinkable, why: String::new() };
        bench.step(Input::Became(token, verdict));
    }
    bench.sent.clear();
    bench.say(ids(29, 30));
    bench.say(ids(29, 33));
    let is_asked = |message: &Message| match message {
        Message::FetchItems(fetch) => fetch.items_to_fetch == longer.ids[30..],
        _ => false,
    };
    assert!(bench.sent.iter().any(is_asked), "{:?}", bench.sent);
}

#[test]
fn who_says_that_it_closes_is_not_waited_for() {
    let mut bench = Bench::new(Until::Active);
    let longer = Chain::of(33);
    let newest = |bench: &Bench| bench.node.peers().next().expect("a peer").blocks_behind;
    let item_hashes_available = longer.ids[29..].to_vec();
    bench.say(Message::Ids(IdsInventory {
        total_remaining_item_count: 0,
        item_type: kind::BLOCK,
        item_hashes_available: item_hashes_available.clone(),
    }));
    let is_asked = |message: &Message| match message {
        Message::FetchItems(fetch) => fetch.items_to_fetch == item_hashes_available[1..],
        _ => false,
    };
    assert!(bench.sent.iter().any(is_asked), "{:?}", bench.sent);
    assert_eq!(newest(&bench), 3);
    bench.say(Message::ClosingConnection(ClosingConnection::default()));
    assert_eq!(newest(&bench), 0);
}

#[test]
fn chunks_that_nobody_asked_for_end_the_connection() {
    for message in [
        Message::Chunk(Chunk::default()),
        Message::StateManifest(StateManifest::default()),
        Message::StateRefused(StateRefused::default()),
        Message::Missing(Missing::default()),
    ] {
        let mut bench = Bench::carbyne(Until::Active, true);
        bench.say(message);
        assert_eq!(bench.told().as_deref(), Some("You sent me a message that I didn't request"));
    }
}

#[test]
fn messages_without_end_that_ask_for_nothing_leave_nothing_behind() {
    let mut bench = Bench::new(Until::Active);
    for number in 0..20_000 {
        let offer = Inventory {
            item_type: kind::TRANSACTION,
            item_hashes_available: (0..50).map(|n| hash(number * 50 + n)).collect(),
        };
        bench.say(Message::Inventory(offer));
        bench.say(Message::CurrentTimeReply(Default::default()));
        bench.say(Message::Address(Address::default()));
        assert!(bench.node.held_bytes() < HELD_MAX, "after {number}");
    }
    assert!(bench.closed.is_none(), "offering is no offence");
}

#[test]
fn addresses_that_name_ourselves_or_nobody_are_tried_once_and_let_go() {
    let mut bench =
        Bench::between(Until::Accepted, Config { connections_wanted: 20, ..plain() }, false);
    let info = |remote_endpoint| AddressInfo { remote_endpoint, ..AddressInfo::default() };
    let own = info(endpoint(0));
    let nobody = (10..400).map(|number| info(endpoint(number)));
    let wrong = [info(endpoint(5).with_port(0)), info(Default::default())];
    let addresses = [own].into_iter().chain(wrong).chain(nobody).collect();
    bench.say(Message::Address(Address { addresses }));
    assert!(bench.node.book().records().count() <= 200, "one message tells of 200 at most");
    let mut tried = 0;
    for _ in 0..600 {
        bench.now = bench.now.after(1);
        let mut effects = Vec::new();
        bench.node.step(bench.now, Input::Tick, &bench.chain, &mut effects);
        for effect in effects {
            if let Effect::Connect(to) = effect {
                assert_ne!(to.port, 0);
                tried += 1;
                bench.step(Input::ConnectFailed(to));
            }
        }
    }
    // 20 at a time at most, each less often with every failure.
    assert!((200..2_000).contains(&tried), "{tried} attempts in ten minutes");
}

#[test]
fn five_hundred_connections_of_as_many_addresses_hold_little_and_end() {
    let mut bench = Bench::new(Until::Connected);
    for number in 2..502 {
        let remote = endpoint(number).with_port(50_000);
        let place = Place { direction: Direction::Inbound, local: endpoint(0), remote };
        let key = Box::new(PrivateKey::from_seed(&number.to_string()));
        bench.step(Input::Connected { id: ConnectionId(number as u64), place, key });
    }
    // Those above the limit only so that they can be told of others.
    let most = Config::default().connections_max + 20;
    assert_eq!(bench.node.peers().count(), most);
    assert!(matches!(bench.closed, Some(Reason::TooMany)), "{:?}", bench.closed);
    bench.pass(6);
    assert_eq!(bench.node.peers().count(), 0, "who says nothing keeps no place");
    assert!(bench.node.held_bytes() < 1_000);
}

#[test]
fn five_hundred_connections_of_one_address_hold_little() {
    let mut bench = Bench::new(Until::Connected);
    for number in 2..502 {
        let remote = endpoint(1).with_port(number as u16);
        let place = Place { direction: Direction::Inbound, local: endpoint(0), remote };
        let key = Box::new(PrivateKey::from_seed(&number.to_string()));
        bench.step(Input::Connected { id: ConnectionId(number), place, key });
    }
    assert_eq!(bench.node.peers().count(), Config::default().connections_of_an_address_max);
    bench.pass(6);
    assert_eq!(bench.node.peers().count(), 0);
    assert!(bench.node.held_bytes() < 1_000);
}

#[test]
fn the_chain_of_the_bench_has_the_interval_that_limits_are_counted_in() {
    assert_eq!(Chain::of(2).block_interval(), INTERVAL);
    assert_eq!(Chain::of(2).head().id.to_bytes().len(), 20);
}
