//! Which tests there are, as their sources say.

use super::data::Column;
use crate::golden_histories;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// What has been read so far: the names of the tests of each file.
#[derive(Default)]
pub(super) struct Sources {
    files: BTreeMap<String, BTreeSet<String>>,
}

impl Sources {
    /// Whether there is a test of that name, which may show something in that column.
    pub(super) fn have(&mut self, column: Column, test: &str) -> bool {
        if column == Column::Golden {
            return golden_histories::names().contains(test);
        }
        let Some((file, name)) = test.split_once("::") else {
            return false;
        };
        let may_show = match column {
            Column::Python => file.ends_with(".py"),
            Column::TypeScript => file.ends_with(".test.ts"),
            Column::Killed => file.ends_with(".rs"),
            Column::Temporal | Column::Http | Column::Refused | Column::Golden => true,
        };
        may_show && self.tests_of(file).contains(name)
    }

    fn tests_of(&mut self, file: &str) -> &BTreeSet<String> {
        self.files.entry(file.to_owned()).or_insert_with(|| {
            let text = fs::read_to_string(path(file)).unwrap_or_default();
            match file.rsplit_once('.') {
                Some((_, "py")) => in_python(&text),
                Some((_, "ts")) => in_typescript(&text),
                _ => in_rust(&text),
            }
        })
    }
}

/// Below `tests`, tests of each language have a directory of their own.
pub(super) fn directory(file: &str) -> &'static str {
    match file.rsplit_once('.') {
        Some((_, "py")) => "python",
        Some((_, "ts")) => "typescript/src",
        Some((_, "rs")) => "it",
        _ => "golden-histories",
    }
}

fn path(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), directory(file), file].iter().collect()
}

/// Functions at the top level that pytest takes for tests, unless they are marked as not to be run.
fn in_python(text: &str) -> BTreeSet<String> {
    let mut is_left_out = false;
    let mut names = BTreeSet::new();
    for line in text.lines() {
        let definition = line.strip_prefix("async ").unwrap_or(line).strip_prefix("def ");
        if let Some(definition) = definition {
            let name = definition.split('(').next().unwrap_or_default();
            if name.starts_with("test_") && !is_left_out {
                names.insert(name.to_owned());
            }
            is_left_out = false;
        }
        is_left_out |= line.starts_with("@pytest.mark.skip") || line.starts_with("@pytest.mark.xfail");
    }
    names
}

/// The titles of calls of `test`, as they are written.
fn in_typescript(text: &str) -> BTreeSet<String> {
    let calls = text.lines().filter_map(|line| line.trim_start().strip_prefix("test("));
    let titles = calls.filter_map(|call| {
        let quote = call.chars().next().filter(|it| matches!(it, '"' | '\'' | '`'))?;
        call[1..].split(quote).next()
    });
    titles.map(str::to_owned).collect()
}

/// Functions with an attribute that makes them tests.
fn in_rust(text: &str) -> BTreeSet<String> {
    let (mut is_test, mut is_left_out) = (false, false);
    let mut names = BTreeSet::new();
    for line in text.lines() {
        is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        is_left_out |= line.starts_with("#[ignore");
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if let Some(function) = function {
            if is_test && !is_left_out {
                names.insert(function.split('(').next().unwrap_or_default().to_owned());
            }
            (is_test, is_left_out) = (false, false);
        }
    }
    names
}
