//! What rustfmt does not mend: long lines of comments, texts and macros, and files that grew large.

use std::fs;
use std::path::{Path, PathBuf};

const LINE_CHARACTERS_MAX: usize = 100;
const FILE_LINES_MAX: usize = 800;

/// Every file of Rust below a folder.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each file of the workspace with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut files = Vec::new();
    for folder in ["crates", "conformance", "xtask"] {
        rust_files(&root.join(folder), &mut files);
    }
    assert!(!files.is_empty(), "the workspace has no sources");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a text");
        (path, text)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn no_line_is_longer_than_a_screen_is_wide() {
    let mut long = Vec::new();
    for (path, text) in sources() {
        let too_long =
            text.lines().zip(1..).filter(|(line, _)| line.chars().count() > LINE_CHARACTERS_MAX);
        long.extend(too_long.map(|(_, number)| format!("{}:{number}", path.display())));
    }
    assert!(long.is_empty(), "longer than {LINE_CHARACTERS_MAX}:\n{}", long.join("\n"));
}

#[test]
fn no_file_is_too_long_to_know() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= FILE_LINES_MAX, "{} has {lines} lines", path.display());
    }
}

#[test]
fn nothing_but_the_output_of_the_node_prints() {
    for (path, text) in sources() {
        let name = path.to_string_lossy();
        if !name.contains("crates/node/src/") || name.ends_with("/output.rs") {
            continue;
        }
        // They panic when nobody reads, and would end a node.
        for word in ["println!", "eprintln!", "print!(", "eprint!(", "stdout()", "stderr()"] {
            let is_lock = word == "stdout()" && name.ends_with("/export.rs");
            assert!(is_lock || !text.contains(word), "{name} uses {word}, not crate::output");
        }
    }
}
