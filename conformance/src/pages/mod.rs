//! The pages of the API: one for every method, written from the tables of methods, from texts of
//! ours, and from calls on the recorded chain.
//!
//! The answers on a page are those that the code gives while the page is written. Calls are those
//! that the reference was asked, where it was asked, so that its own answer is known to be equal.

mod examples;
mod render;
mod texts;

use crate::recording;
use carbyne_api::methods::ApiSet;
use examples::Examples;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use texts::Texts;

/// The pages by path within `docs/api`, from the texts there and the recordings in `testdata/api`.
pub fn pages(repository: &Path) -> io::Result<BTreeMap<PathBuf, String>> {
    let texts = repository.join("docs/api/texts");
    let mut examples = Examples::load(&repository.join("testdata/api"))?;
    let words = Texts::read(&texts.join("parameters.md"))?;
    let mut pages = BTreeMap::new();
    for set in ApiSet::ALL {
        let texts = Texts::read(&texts.join(format!("{}.md", set.name())))?;
        texts.has_only(set.methods().map(|method| method.name))?;
        for method in set.methods() {
            let text = texts.of(method.name).unwrap_or_default();
            let examples = examples.of(set, method, &text)?;
            let page = render::page(set, method, &text, &words, &examples)?;
            pages.insert(PathBuf::from(render::path(set, method)), page);
        }
    }
    let intro = String::from_utf8_lossy(&recording::bytes(&texts.join("README.md"))?).into_owned();
    pages.insert(PathBuf::from("README.md"), render::index(&intro));
    Ok(pages)
}

/// Writes the pages into `docs/api` and removes those of methods that are gone.
pub fn write(repository: &Path) -> io::Result<usize> {
    let pages = pages(repository)?;
    let folder = repository.join("docs/api");
    for set in ApiSet::ALL {
        let folder = folder.join(set.name());
        if folder.is_dir() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
    }
    for (path, page) in &pages {
        std::fs::write(folder.join(path), page)?;
    }
    Ok(pages.len())
}

/// What is wrong with a text or an example.
fn wrong(text: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.into())
}
