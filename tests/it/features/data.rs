//! The files of `tests/features`: one for each subject, with a table for each feature.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The subjects, in the order in which they are read.
const SUBJECTS: [&str; 11] = [
    "runs",
    "messages",
    "activities",
    "cancellation",
    "children",
    "schedules",
    "versions",
    "visibility",
    "histories",
    "operations",
    "dispatch",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subject {
    pub(super) title: String,
    #[serde(rename = "feature")]
    pub(super) features: Vec<Feature>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Feature {
    pub(super) name: String,
    python: Cell,
    typescript: Cell,
    temporal: Cell,
    http: Cell,
    killed: Cell,
    golden: Cell,
    refused: Cell,
}

/// By whom a feature is shown, or in which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The official client for Python.
    Python,
    /// The official client for TypeScript.
    TypeScript,
    /// The `temporal` command.
    Temporal,
    Http,
    /// The server is killed in the midst of it.
    Killed,
    /// A history that is replayed for ever.
    Golden,
    /// What cannot be is refused.
    Refused,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Cell {
    /// A test is named by its file and its name, with `::` between them, and a golden history by its name.
    Tests(Vec<String>),
    /// Why there can be no test.
    Reason(String),
}

impl Column {
    pub(super) const ALL: [Self; 7] = [
        Self::Python,
        Self::TypeScript,
        Self::Temporal,
        Self::Http,
        Self::Killed,
        Self::Golden,
        Self::Refused,
    ];
}

impl Feature {
    pub(super) const fn cell(&self, column: Column) -> &Cell {
        match column {
            Column::Python => &self.python,
            Column::TypeScript => &self.typescript,
            Column::Temporal => &self.temporal,
            Column::Http => &self.http,
            Column::Killed => &self.killed,
            Column::Golden => &self.golden,
            Column::Refused => &self.refused,
        }
    }
}

impl Subject {
    /// All that is said, with the feature's name.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&str, Column, &Cell)> {
        let of = |feature| Column::ALL.map(move |column| (feature, column));
        let cells = self.features.iter().flat_map(of);
        cells.map(|(feature, column)| (feature.name.as_str(), column, feature.cell(column)))
    }
}

/// All of them.
pub(super) fn subjects() -> impl Iterator<Item = Subject> {
    let directory: PathBuf = [env!("CARGO_MANIFEST_DIR"), "features"].iter().collect();
    let files = fs::read_dir(&directory).expect("the directory can be read");
    let files = files.map(|file| file.expect("the directory can be read").file_name());
    let known = SUBJECTS.map(|subject| format!("{subject}.toml").into());
    assert_eq!(files.collect::<BTreeSet<_>>(), BTreeSet::from(known));
    SUBJECTS.into_iter().map(move |subject| {
        let file = directory.join(subject).with_extension("toml");
        let text = fs::read_to_string(file).expect("it can be read");
        toml::from_str(&text).unwrap_or_else(|error| panic!("{subject}: {error}"))
    })
}
