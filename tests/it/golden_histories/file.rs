//! A golden history as a file: for each run a line with its workflow id, and then its events as the journal stores
//! them, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mainspring::store::format::Chunk;
use mainspring_core::{Event, Record};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

const EXTENSION: &str = "history";
/// Before a workflow id.
const RUN: &str = "run ";
const LINE_LENGTH: usize = 100;

/// What a behaviour left behind.
pub(super) struct GoldenHistory {
    pub(super) runs: Vec<GoldenRun>,
}

#[derive(PartialEq)]
pub(super) struct GoldenRun {
    pub(super) workflow_id: String,
    pub(super) records: Vec<Record>,
}

impl GoldenRun {
    pub(super) fn workflow_type(&self) -> &str {
        match self.records.first().map(|record| &record.event) {
            Some(Event::RunStarted(started)) => &started.workflow_type,
            other => panic!("{} begins with {other:?}", self.workflow_id),
        }
    }
}

/// Where they are.
pub(super) fn directory() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "golden-histories"].iter().collect()
}

/// The names of all that there are.
pub(super) fn names() -> BTreeSet<String> {
    let entries = fs::read_dir(directory()).expect("the directory can be read");
    let paths = entries.map(|entry| entry.expect("the directory can be read").path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == EXTENSION))
        .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned))
        .collect()
}

impl GoldenHistory {
    pub(super) fn exists(name: &str) -> bool {
        path(name).exists()
    }

    pub(super) fn read(name: &str) -> Self {
        let text = fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut encoded: Vec<(&str, String)> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix(RUN), encoded.last_mut()) {
                (Some(workflow_id), _) => encoded.push((workflow_id, String::new())),
                (None, Some((_, chunk))) => chunk.push_str(line),
                (None, None) => panic!("{name} does not begin with a run"),
            }
        }
        let runs = encoded.into_iter().map(|(workflow_id, chunk)| {
            let bytes = STANDARD.decode(chunk).unwrap_or_else(|error| panic!("{name}: {error}"));
            GoldenRun {
                workflow_id: workflow_id.to_owned(),
                records: Chunk::read(bytes.into()).unwrap_or_else(|error| panic!("{name}: {error}")),
            }
        });
        Self { runs: runs.collect() }
    }

    /// Writes a file that is not there yet.
    pub(super) fn write(&self, name: &str) {
        let mut text = String::new();
        for run in &self.runs {
            let _ = writeln!(text, "{RUN}{}", run.workflow_id);
            let encoded = STANDARD.encode(Chunk::encode(&run.records).bytes());
            for line in encoded.as_bytes().chunks(LINE_LENGTH) {
                let _ = writeln!(text, "{}", String::from_utf8_lossy(line));
            }
        }
        fs::write(path(name), text).expect("the golden history can be written");
    }
}

fn path(name: &str) -> PathBuf {
    directory().join(name).with_extension(EXTENSION)
}
