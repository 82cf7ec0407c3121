//! The recordings of the repository: every one of them comes out as it was recorded.

mod coverage;

use carbyne_api::methods::ApiSet;
use conformance::report::Report;
use conformance::scenarios::{self, Options};
use conformance::{api, p2p, recording, wire};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Done once for the tests that look at them.
static SCENARIOS: LazyLock<Report> =
    LazyLock::new(|| scenarios::run(&[recordings("scenarios")], Options::default()).unwrap());
static API: LazyLock<Report> = LazyLock::new(|| api::run(&recordings("api")).unwrap());
static WIRE: LazyLock<Report> = LazyLock::new(|| wire::run(&recordings("wire")).unwrap());
static P2P: LazyLock<Report> =
    LazyLock::new(|| p2p::run(&recordings("p2p"), &recordings("api")).unwrap());

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn recordings(folder: &str) -> PathBuf {
    repository().join("testdata").join(folder)
}

fn check(report: &Report, cases: usize) {
    assert!(report.failures.is_empty(), "{}", report.text());
    assert_eq!(report.passed, cases);
}

#[test]
fn every_wire_vector_is_equal_in_both_forms() {
    check(&WIRE, 1_598 + 400 + 200 + 65);
}

#[test]
fn every_scenario_comes_out_as_it_was_recorded() {
    check(&SCENARIOS, 776);
}

#[test]
fn the_live_node_comes_out_as_it_was_recorded_with_its_answers_and_notices() {
    let (blocks, objects, questions, frames, notices) = (1_048, 2_017, 2_714, 44, 151);
    check(&API, blocks + objects + questions + frames + notices);
}

#[test]
fn every_recorded_connection_of_peers_comes_out_as_it_was_recorded() {
    let (exchanges, writes, messages) = (16, 80, 1_898);
    check(&P2P, exchanges + writes + messages);
}

#[test]
fn no_recording_goes_unopened() {
    LazyLock::force(&SCENARIOS);
    LazyLock::force(&WIRE);
    LazyLock::force(&API);
    LazyLock::force(&P2P);
    let named = index_of_scenarios();
    let opened = recording::opened();
    let mut unopened = Vec::new();
    for folder in repository().join("testdata").read_dir().unwrap() {
        let folder = folder.unwrap().path();
        // Beside the folders there is what explains them.
        for file in folder.read_dir().into_iter().flatten() {
            unopened.push(file.unwrap().path().canonicalize().unwrap());
        }
    }
    unopened.retain(|file| !opened.contains(file));
    assert_eq!(unopened, Vec::<PathBuf>::new());
    let scenarios = recording::all(&[recordings("scenarios")]).unwrap();
    let names: Vec<String> = scenarios.iter().map(|path| recording::name(path)).collect();
    assert_eq!(named, names);
}

/// The files that the index of the scenarios names.
fn index_of_scenarios() -> Vec<String> {
    let index = recordings("scenarios").join("index.tsv");
    let rows = recording::lines(&index).unwrap().skip(1);
    let name = |row: String| format!("{}.jsonl.zst", row.split('\t').next().unwrap_or_default());
    let mut names: Vec<String> = rows.map(|row| name(row.unwrap())).collect();
    names.sort();
    names
}

#[test]
fn recorded_questions_ask_for_the_arguments_that_signatures_name() {
    let asked = api::arguments_asked_for(&recordings("api")).unwrap();
    assert!(asked.len() > 130, "{} methods were asked", asked.len());
    for set in ApiSet::ALL {
        for method in set.methods() {
            let asked = asked.get(&(set.name().to_owned(), method.name.to_owned()));
            if let (Some(asked), Some(signature)) = (asked, method.signature()) {
                assert_eq!(*asked, signature.parameters.len(), "{}", method.line());
            }
        }
    }
}

#[test]
fn lists_page_by_page_are_what_the_methods_answer_that_they_are_named_after() {
    let report = api::run_lists(&recordings("api")).unwrap();
    assert!(report.failures.is_empty(), "{}", report.text());
    assert!(report.passed > 500, "{} questions", report.passed);
}

#[test]
fn the_pages_of_the_api_are_what_their_tables_and_texts_give() {
    let folder = repository().join("docs/api");
    let pages = conformance::pages::pages(&repository()).unwrap();
    assert!(pages.len() > 150, "a page for every method");
    for (path, page) in &pages {
        let written = std::fs::read_to_string(folder.join(path)).unwrap_or_default();
        assert!(written == *page, "{} is out of date: cargo xtask api-docs", path.display());
    }
    for set in ApiSet::ALL {
        for entry in folder.join(set.name()).read_dir().unwrap() {
            let path = Path::new(set.name()).join(entry.unwrap().file_name());
            assert!(pages.contains_key(&path), "{} is about no method", path.display());
        }
    }
}
