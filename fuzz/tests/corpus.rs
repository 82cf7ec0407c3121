//! Every input of every corpus, and some mutants of them. `CARBYNE_FUZZ_INPUTS` tries more;
//! `cargo xtask fuzz` does so on all processors.

use carbyne_fuzz::{ALL, Mutants, corpus};
use carbyne_wire::{Dialect, JsonIn, Tags};

/// Mutants of each target.
const INPUTS: u64 = 3_000;

#[test]
fn no_decoder_breaks_at_any_bytes() {
    let inputs = std::env::var("CARBYNE_FUZZ_INPUTS").ok().and_then(|text| text.parse().ok());
    for target in &ALL {
        let kept = corpus(target);
        assert!(!kept.is_empty(), "{} has no corpus", target.name);
        kept.iter().for_each(|input| (target.run)(input));
        let mut mutants = Mutants::new(kept, 7);
        for _ in 0..inputs.unwrap_or(INPUTS) {
            let input = mutants.next_input();
            let is_good = std::panic::catch_unwind(|| (target.run)(&input)).is_ok();
            assert!(is_good, "{} breaks at {}", target.name, hex::encode(&input));
        }
    }
}

/// A corpus that nothing of is understood would test nothing.
#[test]
fn corpora_hold_what_decoders_understand() {
    use carbyne_net::frame::Assembly;
    use carbyne_net::message::Message;
    use carbyne_protocol::transaction::{SignedBlock, SignedTransaction};
    use carbyne_wire::{parse_json_within, unpack_exact};
    use std::collections::BTreeSet;
    let of = |name| corpus(ALL.iter().find(|target| target.name == name).expect("a target"));
    let mut messages = BTreeSet::new();
    for input in of("message") {
        let mut assembly = Assembly::default();
        assembly.room().extend_from_slice(&input);
        while let Ok(Some(frame)) = assembly.next_frame() {
            messages.extend(
                Message::read(frame.kind, &frame.payload, Tags::Reference)
                    .ok()
                    .flatten()
                    .map(|one| one.name()),
            );
        }
    }
    assert!(messages.len() >= 15, "{messages:?}");
    let operations: BTreeSet<String> = of("transaction")
        .iter()
        .filter_map(|input| unpack_exact::<SignedTransaction>(input, Tags::Reference).ok())
        .flat_map(|one| {
            one.operations.iter().map(|op| op.stateless().name().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    assert!(operations.len() >= 40, "{} kinds of operations", operations.len());
    assert!(of("applied").len() >= 40, "{} with the greatest ids", of("applied").len());
    let blocks = of("block")
        .iter()
        .filter(|input| unpack_exact::<SignedBlock>(input, Tags::Reference).is_ok())
        .count();
    assert!(blocks >= 10, "{blocks} blocks");
    let read = |input: &Vec<u8>| {
        let value = parse_json_within(input, 100_000).ok()?;
        SignedTransaction::from_json_in(&value, Dialect::REFERENCE).ok()
    };
    assert!(of("json").iter().filter_map(read).count() >= 20, "hardly a transaction in JSON");
}
