//! The SDKs as new projects have them.

use crate::files;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

type Files = Vec<(PathBuf, Vec<u8>)>;

/// The crates of the SDK, with the contract beside them, in a workspace of their own: they are written as members of one.
pub(crate) fn rust() -> Files {
    let mut files = below("vendor/mainspring", files::RUST_SDK);
    let workspace = workspace(files::WORKSPACE[0].1);
    files.push(("vendor/mainspring/Cargo.toml".into(), workspace.into_bytes()));
    files
}

/// The package.
pub(crate) fn python() -> Files {
    below("vendor/mainspring", files::PYTHON_SDK)
}

/// The package for workflows, with the engine that modules are made with, and the one for their tests.
pub(crate) fn typescript() -> Files {
    below("vendor/mainspring", files::TYPESCRIPT_SDK)
}

/// The Go module, as `go mod vendor` leaves it; and the package for Python, which has the test environment.
pub(crate) fn go() -> Files {
    // As the template's go.mod names it, and the language that its own go.mod asks for.
    const MODULE: &str = "mainspring.dev/workflow";
    const VERSION: &str = "v0.1.0";
    const LANGUAGE: &str = "1.25";
    let is_source = |path: &str| path.ends_with(".go") && !path.ends_with("_test.go");
    let sources: Vec<_> = files::GO_SDK
        .iter()
        .filter(|(path, _)| is_source(path))
        .copied()
        .collect();
    let packages: BTreeSet<_> = sources
        .iter()
        .filter_map(|(path, _)| Path::new(MODULE).join(path).parent().map(Path::to_owned))
        .collect();
    let mut list = format!("# {MODULE} {VERSION}\n## explicit; go {LANGUAGE}\n");
    for package in packages {
        let _ = writeln!(list, "{}", package.display());
    }
    let mut files = below(&format!("vendor/{MODULE}"), &sources);
    files.push(("vendor/modules.txt".into(), list.into_bytes()));
    files.extend(below("activities/vendor/mainspring", files::PYTHON_SDK));
    files
}

fn below(directory: &str, files: &[(&str, &[u8])]) -> Files {
    let directory = PathBuf::from(directory);
    let placed = files
        .iter()
        .map(|(path, content)| (directory.join(path), content.to_vec()));
    placed.collect()
}

/// What members of this repository's workspace take from it, as far as the SDK's crates do.
fn workspace(whole: &[u8]) -> String {
    const MEMBERS: [&str; 2] = ["guest-sdk/rust", "guest-sdk/rust/macros"];
    let whole: Table = String::from_utf8_lossy(whole).parse().unwrap_or_default();
    let mut workspace = whole
        .get("workspace")
        .and_then(Value::as_table)
        .cloned()
        .unwrap_or_default();
    workspace.remove("default-members");
    workspace.insert("members".to_owned(), Value::from(MEMBERS.to_vec()));
    if let Some(dependencies) = workspace.get_mut("dependencies").and_then(Value::as_table_mut) {
        let is_there = |path: &str| MEMBERS.contains(&path);
        dependencies.retain(|_, it| it.get("path").and_then(Value::as_str).is_none_or(is_there));
    }
    Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]).to_string()
}
