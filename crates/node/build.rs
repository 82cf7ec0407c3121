//! Builds the page in `web/` and the documents in `docs/`, and packs them for the program.
//!
//! Invariant: a program is built whether or not Node is there and whatever becomes of the page;
//! without the page it says how to get it. `CARBYNE_WEB=skip` leaves the page out.

#[path = "build/book.rs"]
mod book;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the page is made of; a change makes it anew.
const SOURCES: [&str; 8] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let web = root.join("web");
    println!("cargo::rerun-if-env-changed=CARBYNE_WEB");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={}", root.join("docs").display());
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", web.join(source).display());
    }
    let page = out.join("page");
    let _there_was_none = fs::remove_dir_all(&page);
    if env::var("CARBYNE_WEB").as_deref() != Ok("skip")
        && let Err(error) = build_page(&web, &page)
    {
        println!("cargo::warning=the page is left out: {error}");
    }
    if let Err(error) = book::build(&root.join("docs"), &page.join("docs")) {
        println!("cargo::error=the book cannot be made: {error}");
    }
    if let Err(error) = pack(&page, &out) {
        println!("cargo::error=the page cannot be packed: {error}");
    }
}

/// Builds the page into `page`.
fn build_page(web: &Path, page: &Path) -> Result<(), String> {
    let npm = |arguments: &[&str]| {
        let mut command = Command::new("npm");
        command.current_dir(web).args(arguments).env("CARBYNE_WEB_OUT", page);
        let output = command.output().map_err(|error| format!("npm does not start: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Err(format!("npm {} failed: {last}", arguments.join(" ")))
    };
    if !is_installed(web) {
        npm(&["ci", "--no-audit", "--no-fund"])?;
    }
    npm(&["run", "build"])
}

/// Whether the packages that the lock file names were installed after it was written.
fn is_installed(web: &Path) -> bool {
    let changed = |path: &str| fs::metadata(web.join(path)).and_then(|data| data.modified()).ok();
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

/// Writes the table of files, packed, for `server/page.rs` to include.
fn pack(page: &Path, out: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    if page.is_dir() {
        find(page, &mut files)?;
    }
    files.sort();
    let packed = out.join("packed");
    fs::create_dir_all(&packed)?;
    let mut table = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let name = file.strip_prefix(page).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let path = packed.join(format!("{number}.gz"));
        let mut gzip = GzEncoder::new(fs::File::create(&path)?, Compression::best());
        gzip.write_all(&fs::read(file)?)?;
        gzip.finish()?;
        let (path, mime) = (path.display().to_string(), mime(file));
        let _strings_never_fail = writeln!(
            table,
            "File {{ name: {name:?}, mime: {mime:?}, gzip: include_bytes!({path:?}) }},"
        );
    }
    table.push(']');
    fs::write(out.join("page.rs"), table)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn mime(file: &Path) -> &'static str {
    match file.extension().and_then(OsStr::to_str) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
