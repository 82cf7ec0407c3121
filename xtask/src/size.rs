//! `cargo xtask size`: what the program weighs with its page and without, and what the page weighs.
//!
//! Never changes what is measured: the profile is that of a release.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file that begins the page.
const INDEX: &str = "index.html";

/// A build of the program.
struct Build {
    /// The program.
    program: PathBuf,
    /// Where its build script left the page.
    out_dir: PathBuf,
}

/// Prints the sizes of both.
pub fn size() -> Result<()> {
    let without = build("skip")?;
    let bare = bytes(&without.program)?;
    let bare_stripped = stripped(&without.program)?;
    let with = build("")?;
    println!("program with the page     {:>12} bytes", bytes(&with.program)?);
    println!("program without the page  {bare:>12} bytes");
    println!("without symbols, too:");
    println!("  with the page           {:>12} bytes", stripped(&with.program)?);
    println!("  without the page        {bare_stripped:>12} bytes");
    page(&with.out_dir.join("page"))
}

fn bytes(file: &Path) -> Result<u64> {
    let data = fs::metadata(file).with_context(|| format!("no {}", file.display()))?;
    Ok(data.len())
}

/// Builds the program; `web` is what `CARBYNE_WEB` says.
fn build(web: &str) -> Result<Build> {
    let arguments = ["build", "--release", "-p", "carbyne", "--message-format=json"];
    println!("CARBYNE_WEB={web} cargo {}", arguments.join(" "));
    let mut command = Command::new(env!("CARGO"));
    let output = command.args(arguments).env("CARBYNE_WEB", web).output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<&str> = said.lines().filter(|line| line.contains("crates/node")).collect();
    let find = |name: &str| {
        let found = messages.iter().filter_map(|line| text_of(line, name)).next_back();
        found.map(PathBuf::from).with_context(|| format!("cargo does not say its {name}"))
    };
    Ok(Build { program: find("executable")?, out_dir: find("out_dir")? })
}

/// A member of a line of JSON that is a text without escapes, as paths are.
fn text_of<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("\"{name}\":\""))?;
    rest.split_once('"').map(|(text, _)| text)
}

/// What the program weighs without symbols.
fn stripped(program: &Path) -> Result<u64> {
    let copy = program.with_extension("stripped");
    let status = Command::new("strip").arg("-o").arg(&copy).arg(program).status();
    if !status.context("strip, of binutils")?.success() {
        bail!("strip failed");
    }
    let size = bytes(&copy)?;
    fs::remove_file(copy)?;
    Ok(size)
}

/// Prints what the page weighs, packed as it is sent, and what of it a first visit takes.
fn page(folder: &Path) -> Result<()> {
    let index = fs::read_to_string(folder.join(INDEX)).context("the page was left out")?;
    let (mut first, mut all) = (packed(&folder.join(INDEX))?, 0);
    for entry in fs::read_dir(folder.join("assets"))? {
        let path = entry?.path();
        let size = packed(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_first = index.contains(&name);
        println!(
            "  {:<28} {size:>8} bytes{}",
            name,
            if is_first { "" } else { ", when asked for" }
        );
        all += size;
        first += if is_first { size } else { 0 };
    }
    println!("page, packed              {all:>12} bytes, {first} of them at a first visit");
    Ok(())
}

/// What a file weighs packed as the node sends it.
fn packed(file: &Path) -> Result<u64> {
    let output = Command::new("gzip").args(["-9", "-n", "-c"]).arg(file).output()?;
    Ok(output.stdout.len() as u64)
}
