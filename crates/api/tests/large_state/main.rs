//! Every method, asked with arguments of the right types and extreme counts and values, on a large
//! state: how long each holds the state, and how large its answer is.
//!
//! `CARBYNE_QUESTIONS=100 cargo test --release -p carbyne-api --test large_state -- --nocapture`
//! asks each method that often on a state of 10^6 accounts and prints what took longest.

mod questions;
mod world;

use carbyne_api::methods::{ApiSet, Handler, List};
use carbyne_api::{Blocks, Frame, Limits, Outcome, Session, Settings, View, parse_frame};
use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::Tags;
use questions::{Chance, arguments};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// No question holds the state for longer.
const HELD_MAX: Duration = Duration::from_millis(50);
/// A question that took longer is asked again: others use the processor, too.
const TRIES: usize = 4;
/// What one object may add to an answer that is as large as it may be, in bytes.
const ONE_OBJECT: usize = 1 << 20;

/// How much there is of what.
struct Size {
    accounts: u64,
    orders: u64,
    holders: u64,
    markets: u64,
    operations: u64,
}

const SMALL: Size =
    Size { accounts: 5_000, orders: 2_000, holders: 5_000, markets: 500, operations: 5_000 };
const LARGE: Size = Size {
    accounts: 1_000_000,
    orders: 100_000,
    holders: 10_000,
    markets: 10_000,
    operations: 500_000,
};

struct NoBlocks;

impl Blocks for NoBlocks {
    fn block(&self, _: u32) -> Option<SignedBlock> {
        None
    }
}

/// What a question took.
struct Taken {
    held: Duration,
    bytes: usize,
    question: String,
}

fn ask(view: &View<'_>, text: &str) -> Taken {
    let mut session = Session::new(&ApiSet::ALL);
    let limits = &view.settings.limits;
    let mut frame_left = parse_frame(text, limits);
    let mut held = Duration::ZERO;
    let outcome = loop {
        let started = Instant::now();
        let outcome = session.handle_frame(frame_left, view);
        held = held.max(started.elapsed());
        match outcome {
            Outcome::Again(again) => frame_left = Frame::Request(again),
            outcome => break outcome,
        }
    };
    let answer = match outcome {
        Outcome::Answer(reply) => reply.map(|reply| reply.into_text(limits)).unwrap_or_default(),
        Outcome::Submit(_) | Outcome::Again(_) => String::new(),
    };
    let question: String = text.chars().take(200).collect();
    Taken { held, bytes: answer.len(), question }
}

/// The shortest time of several tries, if the first took too long.
fn ask_until_short(view: &View<'_>, frame: &str) -> Taken {
    let mut best = ask(view, frame);
    for _ in 1..TRIES {
        if best.held <= HELD_MAX {
            break;
        }
        let again = ask(view, frame);
        best.held = best.held.min(again.held);
    }
    best
}

fn frame(api: &str, method: &str, arguments: &[Value]) -> String {
    json!({ "id": 1, "method": "call", "params": [api, method, arguments] }).to_string()
}

/// Some questions to every method and every list.
fn questions(each: usize) -> Vec<String> {
    let mut chance = Chance::new(11);
    let mut all = Vec::new();
    for set in ApiSet::ALL {
        for method in set.methods().filter(|one| !matches!(one.handler, Handler::Submit(_))) {
            let parameters = method.signature().expect("a signature").parameters;
            for _ in 0..each {
                all.push(frame(set.name(), method.name, &arguments(&parameters, &mut chance)));
            }
        }
    }
    for list in List::all(Tags::Reference) {
        let parameters = list.signature().expect("a signature").parameters;
        for _ in 0..each {
            let of = arguments(&parameters, &mut chance);
            all.push(frame("carbyne", "list", &[json!(list.name), json!(of)]));
        }
    }
    all
}

#[test]
fn no_question_holds_the_state_for_long_or_has_an_answer_without_end() {
    let each: Option<usize> =
        std::env::var("CARBYNE_QUESTIONS").ok().and_then(|each| each.parse().ok());
    let size = if each.is_some() { LARGE } else { SMALL };
    let ledger = world::ledger(&size);
    let history = world::history(&ledger, &size);
    let settings = Settings { open: ApiSet::ALL.to_vec(), ..Settings::default() };
    let refusals = Default::default();
    let view = View::new(&ledger, &history, &refusals, &NoBlocks, &settings);
    let mut taken: Vec<Taken> = questions(each.unwrap_or(6))
        .iter()
        .filter(|frame| !frame.contains("\"login\",\"login\""))
        .map(|frame| ask_until_short(&view, frame))
        .collect();
    taken.sort_by_key(|taken| std::cmp::Reverse(taken.held));
    for one in taken.iter().take(if each.is_some() { 40 } else { 3 }) {
        println!(
            "{:>9.3} ms {:>9} bytes  {}",
            one.held.as_secs_f64() * 1e3,
            one.bytes,
            one.question
        );
    }
    let too_long: Vec<_> = taken.iter().filter(|one| one.held > HELD_MAX).collect();
    let most = Limits::default().answer_bytes as usize + ONE_OBJECT;
    let too_large: Vec<_> = taken.iter().filter(|one| one.bytes > most).collect();
    for one in too_long.iter().chain(&too_large) {
        println!("{:?}, {} bytes: {}", one.held, one.bytes, one.question);
    }
    assert!(too_long.is_empty() && too_large.is_empty(), "of {} questions", taken.len());
}
