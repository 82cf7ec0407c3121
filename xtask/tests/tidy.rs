//! What rustfmt and rustc do not mend: long lines of comments, texts and macros, files and
//! functions that grew large, and public names that nobody uses.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

const LINE_CHARACTERS_MAX: usize = 100;
const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;

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

/// The functions of a file that are too long, by name and lines from `fn` to the closing brace.
#[derive(Default)]
struct LongFunctions(Vec<(String, usize)>);

impl LongFunctions {
    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let lines = body.span().end().line - signature.span().start().line + 1;
        if lines > FUNCTION_LINES_MAX {
            self.0.push((signature.ident.to_string(), lines));
        }
    }

    fn of(text: &str) -> Vec<(String, usize)> {
        let mut found = Self::default();
        found.visit_file(&syn::parse_file(text).expect("Rust"));
        found.0
    }
}

impl<'a> Visit<'a> for LongFunctions {
    fn visit_item_fn(&mut self, function: &'a syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'a syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'a syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[test]
fn a_long_function_is_found_wherever_it_stands() {
    let body = "\n".repeat(FUNCTION_LINES_MAX - 1);
    let wrap = |name: &str, body: &str| {
        format!(
            "mod m {{ impl S {{ fn {name}() {{{body}}} }} trait T {{ fn {name}() {{{body}}} }} }}"
        )
    };
    assert!(LongFunctions::of(&wrap("fits", &body)).is_empty());
    let found = LongFunctions::of(&wrap("grew", &format!("{body}\n")));
    assert_eq!(found, vec![("grew".to_owned(), FUNCTION_LINES_MAX + 1); 2]);
}

#[test]
fn every_function_fits_on_a_screen() {
    let mut long = Vec::new();
    for (path, text) in sources() {
        let found = LongFunctions::of(&text).into_iter();
        long.extend(found.map(|(name, lines)| format!("{}: {name}: {lines}", path.display())));
    }
    assert!(long.is_empty(), "longer than {FUNCTION_LINES_MAX} lines:\n{}", long.join("\n"));
}

/// The words of a text without its line comments.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or(line));
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
}

/// The name that a line makes public, if it makes one.
fn public_name(line: &str) -> Option<&str> {
    let mut words = line.trim_start().split(' ');
    words.next().filter(|word| word.starts_with("pub"))?;
    let kinds = ["fn", "struct", "enum", "const", "static", "trait", "type"];
    let mut rest = words.skip_while(|word| !kinds.contains(word)).skip(1);
    let name = rest.find(|word| *word != "fn")?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// Public names that occur nowhere but where they are made; a macro of a derive is called by
/// another name.
fn unused<'a>(texts: &[&'a str]) -> Vec<&'a str> {
    let mut counts = BTreeMap::new();
    texts
        .iter()
        .flat_map(|text| words(text))
        .for_each(|word| *counts.entry(word).or_insert(0) += 1);
    let others = texts.iter().filter(|text| !text.contains("#[proc_macro_derive"));
    let names = others.flat_map(|text| text.lines()).filter_map(public_name);
    names.filter(|name| counts.get(name) == Some(&1)).collect()
}

#[test]
fn a_public_name_that_nobody_uses_is_found() {
    let dead = "pub(crate) const fn dead() {} // dead";
    assert_eq!(unused(&[dead, "pub struct Used;", "fn f(_: Used) {}"]), ["dead"]);
}

#[test]
fn every_public_name_is_used() {
    let sources = sources();
    let texts: Vec<&str> = sources.iter().map(|(_, text)| text.as_str()).collect();
    let unused = unused(&texts);
    assert!(unused.is_empty(), "nobody uses {unused:?}");
}
