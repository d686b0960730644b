//! The papers name what exists: every path, link and error code in them is checked against the clone and the code.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use foundation::{Code, Language};

/// What is no part of the clone.
const NOT_OURS: [&str; 4] = [".git", "target", "node_modules", ".samenzicht"];
/// Endings of files: a name in backticks that ends so is meant to be a file of ours, by its path or the end of it.
const ENDINGS: [&str; 9] = [
    ".rs", ".toml", ".sql", ".md", ".graphql", ".mjs", ".js", ".json", ".yml",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file and folder of the clone, by its path from the root.
fn clone() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("a folder of ours can be read") {
            let entry = entry.expect("a folder of ours can be read");
            if NOT_OURS.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            let path = folder.join(entry.file_name());
            found.insert(path.to_str().expect("our names are plain").to_owned());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            }
        }
    }
    found
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A paper's prose, and the blocks of code in it.
fn parts(text: &str) -> (String, String) {
    let (mut prose, mut code, mut fenced) = (String::new(), String::new(), false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let part = if fenced || line.starts_with("    ") {
            &mut code
        } else {
            &mut prose
        };
        part.push_str(line);
        part.push('\n');
    }
    (prose, code)
}

/// The texts between an opening and a closing mark.
fn between<'t>(text: &'t str, open: &'t str, close: &'t str) -> impl Iterator<Item = &'t str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(open)?;
        let (inside, next) = after.split_once(close)?;
        rest = next;
        Some(inside)
    })
}

/// Where a relative link leads, from the root.
fn target(paper: &str, link: &str) -> String {
    let mut at: Vec<&str> = paper.split('/').collect();
    at.pop();
    for step in Path::new(link).components() {
        match step {
            Component::ParentDir => drop(at.pop()),
            Component::Normal(name) => at.push(name.to_str().expect("our names are plain")),
            _ => {}
        }
    }
    at.join("/")
}

/// Whether a word says where something of the clone is; a placeholder (`<noun>`, `*`, `…`) does not.
fn names_a_place(word: &str, clone: &BTreeSet<String>) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "_-./".contains(sign);
    if !word.chars().all(plain) || word.starts_with('/') || word.starts_with('.') && !word.contains('/') {
        return false;
    }
    let below_a_room = word.split_once('/').is_some_and(|(room, _)| clone.contains(room));
    below_a_room
        || ENDINGS
            .iter()
            .any(|ending| word.ends_with(ending) && word.len() > ending.len())
}

fn exists(word: &str, clone: &BTreeSet<String>) -> bool {
    let word = word.trim_end_matches('/');
    clone.contains(word)
        || clone
            .iter()
            .any(|path| path.strip_suffix(word).is_some_and(|rest| rest.ends_with('/')))
}

fn gone(paper: &str, clone: &BTreeSet<String>) -> Vec<String> {
    let text = read(paper);
    let (prose, code) = parts(&text);
    let first = |span: &str| span.split_whitespace().next().unwrap_or_default().to_owned();
    let spans = between(&prose, "`", "`").map(first);
    let commands = code
        .split_whitespace()
        .filter(|word| word.starts_with("infra/"))
        .map(str::to_owned);
    let places = spans
        .chain(commands)
        .filter(|word| names_a_place(word, clone) && !exists(word, clone));
    let links = between(&prose, "](", ")").filter_map(|link| {
        let link = link.split('#').next().unwrap_or_default();
        let outside = link.is_empty() || link.contains("://") || link.starts_with("mailto:");
        (!outside && !clone.contains(&target(paper, link))).then(|| link.to_owned())
    });
    places
        .chain(links)
        .map(|what| format!("{paper} names {what}"))
        .collect()
}

#[test]
fn papers_name_what_exists() {
    let clone = clone();
    let papers: Vec<&String> = clone.iter().filter(|path| path.ends_with(".md")).collect();
    for needed in ["README.md", "CONTRIBUTING.md", "docs/README.md"] {
        assert!(papers.iter().any(|paper| *paper == needed), "{needed} is missing");
    }
    let gone: Vec<String> = papers.into_iter().flat_map(|paper| gone(paper, &clone)).collect();
    assert!(gone.is_empty(), "not there:\n{}", gone.join("\n"));
}

#[test]
fn every_paper_is_on_the_map() {
    let map = read("docs/README.md");
    let linked: BTreeSet<String> = between(&map, "](", ")")
        .map(|link| target("docs/README.md", link.split('#').next().unwrap_or_default()))
        .collect();
    let missing: Vec<String> = clone()
        .into_iter()
        .filter(|path| path.starts_with("docs/") && path.ends_with(".md") && path != "docs/README.md")
        .filter(|path| !path.starts_with("docs/decisions/") && !linked.contains(path))
        .collect();
    assert!(missing.is_empty(), "docs/README.md does not link {missing:?}");
}

#[test]
fn every_error_code_is_explained() {
    let paper = read("docs/errors.md");
    let row = |code: &Code| {
        format!(
            "| `{}` | {} | {} |",
            code.name(),
            code.sentence(Language::Dutch),
            code.sentence(Language::English)
        )
    };
    let missing: Vec<String> = Code::ALL.iter().map(row).filter(|row| !paper.contains(row)).collect();
    assert!(missing.is_empty(), "docs/errors.md lacks:\n{}", missing.join("\n"));
}

#[test]
fn places_are_told_from_other_words() {
    let clone: BTreeSet<String> = ["docs", "docs/map.md", "infra", "infra/demo"].map(str::to_owned).into();
    for (word, named, there) in [
        ("infra/demo", true, true),
        ("infra/gone", true, false),
        ("map.md", true, true),
        ("gone.rs", true, false),
        ("model/<noun>.rs", false, false),
        ("Session::open", false, false),
        ("/graphql", false, false),
        ("and/or", false, false),
    ] {
        assert_eq!(names_a_place(word, &clone), named, "{word}");
        assert_eq!(exists(word, &clone), there, "{word}");
    }
    assert_eq!(target("docs/a/b.md", "../map.md"), "docs/map.md");
}
