//! What is shown of each feature, and by which test: `tests/features` has it as data, and `docs/features.md` is made of
//! that.
//!
//! A cell names tests, or says in a sentence why there can be none. `UPDATE_FEATURES=1` writes the page anew.

mod data;
mod page;
mod sources;

use crate::golden_histories;
use data::{Cell, Column, Subject};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// Set it to write the page instead of comparing it.
const UPDATE: &str = "UPDATE_FEATURES";

#[test]
fn every_feature_is_shown_in_every_way_or_a_sentence_says_why_not() {
    for subject in data::subjects() {
        for (feature, column, cell) in subject.cells() {
            let is_filled = match cell {
                Cell::Tests(tests) => !tests.is_empty(),
                Cell::Reason(reason) => reason.ends_with('.') && reason.contains(' '),
            };
            assert!(
                is_filled,
                "{feature:?}, {column:?}: name a test, or say in a sentence why there is none"
            );
        }
    }
}

#[test]
fn every_test_that_the_features_name_is_there() {
    let mut sources = sources::Sources::default();
    let mut wrong = Vec::new();
    for subject in data::subjects() {
        for (feature, column, cell) in subject.cells() {
            let Cell::Tests(tests) = cell else { continue };
            let missing = tests.iter().filter(|test| !sources.have(column, test));
            wrong.extend(missing.map(|test| format!("{feature:?}, {column:?}: there is no test {test:?}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_golden_history_is_of_a_feature() {
    let mut strays = golden_histories::names();
    for subject in data::subjects() {
        for (_, column, cell) in subject.cells() {
            if let (Column::Golden, Cell::Tests(names)) = (column, cell) {
                strays.retain(|it| !names.contains(it));
            }
        }
    }
    assert_eq!(strays, BTreeSet::new(), "name them in tests/features");
}

#[test]
fn the_page_of_features_is_what_the_data_says() {
    let subjects: Vec<Subject> = data::subjects().collect();
    let page = page::render(&subjects);
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../docs/features.md"].iter().collect();
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "docs/features.md is not what tests/features says: {UPDATE}=1 cargo xtask test --quick features writes it anew"
    );
}
