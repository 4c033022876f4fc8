//! The names that Temporal's packages export for workflows: each is one of the SDK's, or is told why it is not
//! (`guest-sdk/typescript/MISSING.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Both are read as the SDK when a module is built.
const PACKAGES: [&str; 2] = ["@temporalio/workflow", "@temporalio/common"];

#[test]
fn every_name_of_temporals_is_there_or_it_is_said_why_not() {
    let mut theirs = BTreeSet::new();
    for package in PACKAGES {
        theirs.extend(exported(&resolve(Path::new(""), package)));
    }
    let ours = exported(&sdk().join("src/index.ts"));
    let refused = refused();
    for expected in [
        "proxyActivities",
        "ActivityOptions",
        "SearchAttributes",
        "decodeRetryState",
    ] {
        assert!(
            theirs.contains(expected),
            "the declarations are not read right: {expected}"
        );
    }
    assert!(ours.contains("proxyActivities") && ours.contains("ActivityOptions"));

    let unsaid: Vec<_> = theirs
        .iter()
        .filter(|name| !ours.contains(*name) && !refused.contains_key(*name))
        .collect();
    assert!(unsaid.is_empty(), "neither in the SDK nor in MISSING.md: {unsaid:?}");
    let there: Vec<_> = refused.keys().filter(|name| ours.contains(*name)).collect();
    assert!(there.is_empty(), "in MISSING.md, and in the SDK as well: {there:?}");
    let unknown: Vec<_> = refused.keys().filter(|name| !theirs.contains(*name)).collect();
    assert!(
        unknown.is_empty(),
        "in MISSING.md, and Temporal does not have them: {unknown:?}"
    );
}

#[test]
fn the_page_of_missing_names_is_of_the_version_that_is_installed() {
    for package in PACKAGES {
        let manifest = read(&packages().join(package).join("package.json"));
        let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("it is JSON");
        let version = manifest["version"].as_str().expect("it has a version");
        assert!(
            page().contains(&format!("`@temporalio/workflow` {version}")),
            "{package} is {version}"
        );
    }
}

/// The names of the page, each with the reason of its section.
fn refused() -> BTreeMap<String, String> {
    let page = page();
    let mut refused = BTreeMap::new();
    for section in page.split("\n## ").skip(1) {
        let (said, names) = section.split_once("\n- ").expect("a section ends with its names");
        let (title, reason) = said.split_once('\n').expect("a section has a title");
        assert!(reason.trim().len() > 20, "{title} has no reason");
        for name in names.split('`').skip(1).step_by(2) {
            let before = refused.insert(name.to_owned(), reason.trim().to_owned());
            assert!(before.is_none(), "{name} is there twice");
        }
    }
    refused
}

/// What a module exports, as its source or its declarations say.
fn exported(file: &Path) -> BTreeSet<String> {
    let text = without_comments(&read(file));
    let mut names = BTreeSet::new();
    for exported in text.split("export ").skip(1) {
        let exported = exported.trim_start();
        let listed = exported.strip_prefix("type ").unwrap_or(exported).trim_start();
        if let Some(listed) = listed.strip_prefix('{') {
            let (listed, _) = listed.split_once('}').expect("the list ends");
            names.extend(
                listed
                    .split(',')
                    .filter_map(|entry| entry.split_whitespace().last())
                    .map(str::to_owned),
            );
        } else if let Some(from) = exported.strip_prefix("* from ") {
            let specifier = from.split(['\'', '"']).nth(1).expect("it is from somewhere");
            names.extend(exported_by(file, specifier));
        } else {
            names.extend(declared(exported));
        }
    }
    names
}

fn exported_by(file: &Path, specifier: &str) -> BTreeSet<String> {
    exported(&resolve(file, specifier))
}

/// The names of a declaration: several, if it is of constants.
fn declared(declaration: &str) -> Vec<String> {
    let mut words = declaration.split_whitespace();
    let kind = words.find(|word| !matches!(*word, "declare" | "abstract" | "async"));
    match kind {
        Some("const" | "let") => {
            let (_, constants) = declaration.split_once("const ").unwrap_or(("", declaration));
            at_the_top(constants)
                .into_iter()
                .filter_map(|constant| identifier(constant.trim()))
                .collect()
        }
        Some("function" | "class" | "interface" | "type" | "enum") => {
            words.next().and_then(identifier).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A statement, cut at the commas that are in no bracket.
fn at_the_top(statement: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0_usize, 0, Vec::new());
    for (at, character) in statement.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&statement[from..at]);
                from = at + 1;
            }
            ';' if depth == 0 => {
                parts.push(&statement[from..at]);
                return parts;
            }
            _ => {}
        }
    }
    parts.push(&statement[from..]);
    parts
}

/// What a text begins with, if that is a name.
fn identifier(text: &str) -> Option<String> {
    let end = text.find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '$')));
    let name = &text[..end.unwrap_or(text.len())];
    // What follows the name of a constant is its type or its value; else it was a part of the type before it.
    let follows = text[name.len()..].trim_start();
    let is_name = !name.is_empty() && (follows.is_empty() || follows.starts_with([':', '=', '<', '(', '{', ';']));
    is_name.then(|| name.to_owned())
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines = kept
        .lines()
        .map(|line| line.split_once("// ").map_or(line, |(before, _)| before));
    lines.collect::<Vec<_>>().join("\n")
}

/// The declarations that a specifier means.
fn resolve(from: &Path, specifier: &str) -> PathBuf {
    if specifier.starts_with('.') {
        let beside = from.parent().unwrap_or(from).join(specifier);
        return [
            beside.with_extension("ts"),
            beside.with_extension("d.ts"),
            beside.join("index.d.ts"),
        ]
        .into_iter()
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{} has no {specifier}", from.display()));
    }
    let module = packages().join(specifier);
    if module.is_dir() {
        module.join("lib/index.d.ts")
    } else {
        module.with_extension("d.ts")
    }
}

fn page() -> String {
    read(&sdk().join("MISSING.md"))
}

fn sdk() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk/typescript")
}

fn packages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
