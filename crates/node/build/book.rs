//! Makes the book of `docs/`: a page of HTML for each file of Markdown, with what the book holds
//! beside it, and its drawings as they are. No page needs a script or anything from elsewhere.
//!
//! Invariant: what `SUMMARY.md` lists is the book's contents, in that order; the pages of the API
//! follow from their folder. This file must never know what a page says.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What pages look like.
const STYLE: &str = include_str!("book.css");
/// The list of what the book holds.
const CONTENTS: &str = "SUMMARY.md";
/// What pages of the API are made of; no pages themselves.
const SOURCES: &str = "texts";

/// Writes the book of the folder `docs` into the folder `to`.
pub fn build(docs: &Path, to: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    find(docs, &mut files)?;
    let contents = fs::read_to_string(docs.join(CONTENTS))?;
    for file in files {
        let path = file.strip_prefix(docs).unwrap_or(&file);
        let out = to.join(html_path(&path.to_string_lossy()));
        fs::create_dir_all(out.parent().unwrap_or(to))?;
        let source = fs::read_to_string(&file)?;
        let is_page = file.extension() == Some(OsStr::new("md"));
        fs::write(out, if is_page { page(path, &source, &contents) } else { source })?;
    }
    fs::write(to.join("book.css"), STYLE)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if path.is_dir() && name != SOURCES {
            find(&path, files)?;
        } else if (name.ends_with(".md") && name != CONTENTS) || name.ends_with(".svg") {
            files.push(path);
        }
    }
    Ok(())
}

/// The name of a page: that of its source, or the first of its folder.
fn html_path(path: &str) -> String {
    let path = path.replace('\\', "/");
    match path.strip_suffix("README.md") {
        Some(folder) => format!("{folder}index.html"),
        None => path.strip_suffix(".md").map_or(path.clone(), |stem| format!("{stem}.html")),
    }
}

fn page(path: &Path, source: &str, contents: &str) -> String {
    let up = "../".repeat(path.components().count() - 1);
    let own = html_path(&path.to_string_lossy());
    let (title, body) = body(source);
    let contents = navigation(contents, &up, &own);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} – Carbyne</title>\n\
         <link rel=\"icon\" href=\"{up}../icon.svg\">\n\
         <link rel=\"stylesheet\" href=\"{up}book.css\">\n</head>\n<body>\n\
         <header><a href=\"{up}index.html\">Carbyne</a> <a href=\"#contents\">contents</a> \
         <a href=\"{up}../index.html\">to the chain</a></header>\n<main>\n{body}</main>\n\
         <nav id=\"contents\" aria-label=\"Contents\">\n{contents}</nav>\n</body>\n</html>\n"
    )
}

/// The contents, seen from a page; where it is among them is marked.
fn navigation(contents: &str, up: &str, own: &str) -> String {
    let list = contents.split_once("\n\n").map_or(contents, |(_, list)| list);
    let events = Parser::new(list).map(relink).map(|event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = format!("{up}{dest_url}").into();
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        event => event,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    let here = format!("<a href=\"{up}{own}\">");
    out.replace(&here, &format!("<a href=\"{up}{own}\" aria-current=\"page\">"))
}

/// The title of a page, and its text with names for its headings.
fn body(source: &str) -> (String, String) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event<'_>> = Parser::new_ext(source, options).map(relink).collect();
    let (mut title, mut names) = (String::new(), BTreeMap::<String, usize>::new());
    for at in 0..events.len() {
        if !matches!(events[at], Event::Start(Tag::Heading { .. })) {
            continue;
        }
        let text = text_of(&events[at + 1..]);
        let name = unique(slug(&text), &mut names);
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[at] {
            *id = Some(CowStr::from(name));
        }
        if title.is_empty() {
            html::push_html(&mut title, [Event::Text(text.into())].into_iter());
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    // What is wider than a screen moves within itself, also by keyboard.
    let table = "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table>";
    let out = out.replace("<table>", table).replace("</table>", "</table></div>");
    (title, out.replace("<pre>", "<pre tabindex=\"0\">").replace("<th></th>", "<td></td>"))
}

/// Lets links lead to pages instead of their sources, and lets nobody write HTML.
fn relink(event: Event<'_>) -> Event<'_> {
    let (link_type, dest_url, title, id) = match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            (link_type, dest_url, title, id)
        }
        Event::Html(text) | Event::InlineHtml(text) => return Event::Text(text),
        event => return event,
    };
    let is_elsewhere = dest_url.contains("://") || dest_url.starts_with('#');
    let dest_url = match dest_url.split_once('#') {
        _ if is_elsewhere => dest_url.clone(),
        Some((path, anchor)) => format!("{}#{anchor}", html_path(path)).into(),
        None => html_path(&dest_url).into(),
    };
    Event::Start(Tag::Link { link_type, dest_url, title, id })
}

/// The words of a heading, whose events these begin with.
fn text_of(events: &[Event<'_>]) -> String {
    let of_heading =
        events.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    of_heading.fold(String::new(), |mut text, event| {
        if let Event::Text(words) | Event::Code(words) = event {
            let _strings_never_fail = write!(text, "{words}");
        }
        text
    })
}

/// The name of a heading in links: its letters and digits, with dashes between words.
fn slug(text: &str) -> String {
    let kept = text.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        letter if letter.is_alphanumeric() || letter == '-' || letter == '_' => Some(letter),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

fn unique(name: String, names: &mut BTreeMap<String, usize>) -> String {
    let times = names.entry(name.clone()).or_default();
    *times += 1;
    if *times == 1 { name } else { format!("{name}-{}", *times - 1) }
}
