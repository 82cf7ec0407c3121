//! The recordings of the repository: every one of them comes out as it was recorded.

use conformance::report::Report;
use conformance::scenarios::{self, Options};
use conformance::wire;
use std::path::{Path, PathBuf};

fn recordings(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata").join(folder)
}

fn check(report: &Report, cases: usize) {
    assert!(report.failures.is_empty(), "{}", report.text());
    assert_eq!(report.passed, cases);
}

#[test]
fn every_wire_vector_is_equal_in_both_forms() {
    check(&wire::run(&recordings("wire")).unwrap(), 1_598 + 400 + 200 + 65);
}

#[test]
fn every_core_scenario_comes_out_as_it_was_recorded() {
    let report = scenarios::run(&[recordings("scenarios")], Options::default()).unwrap();
    check(&report, 276);
}
