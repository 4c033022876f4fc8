//! What is shown is as long as the core counts it, event by event, in every golden history.

use super::*;
use crate::store::format::Chunk;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mainspring_core::RunState;
use std::path::{Path, PathBuf};

#[test]
fn the_core_counts_events_as_they_are_shown() {
    let mut runs = 0;
    for file in golden_histories() {
        for records in read(&file) {
            assert_counted_as_shown(&file, &records);
            runs += 1;
        }
    }
    assert!(runs > 100, "golden histories are missing: there are {runs} runs");
}

fn assert_counted_as_shown(file: &Path, records: &[Record]) {
    let mut state = RunState::begin(&records[0]).expect("a history begins so");
    for length in 1..=records.len() {
        if let Some(record) = records[..length].last().filter(|_| length > 1) {
            state.apply(record).expect("the event follows");
        }
        let shown = to_wire(&records[..length]).len() as u64;
        let (name, last) = (file.display(), records[length - 1].event.name());
        assert_eq!(state.shown_length(), shown, "{name}: after event {length}, {last}");
    }
}

fn golden_histories() -> Vec<PathBuf> {
    let directory: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../tests/golden-histories"]
        .iter()
        .collect();
    let entries = std::fs::read_dir(directory).expect("the directory can be read");
    let paths = entries.map(|entry| entry.expect("the directory can be read").path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == "history"))
        .collect()
}

/// The runs of a file: for each a line with its name, and then its events in base64.
fn read(file: &Path) -> Vec<Vec<Record>> {
    let text = std::fs::read_to_string(file).expect("the file can be read");
    let mut encoded: Vec<String> = Vec::new();
    for line in text.lines() {
        match encoded.last_mut() {
            Some(chunk) if !line.starts_with("run ") => chunk.push_str(line),
            _ => encoded.push(String::new()),
        }
    }
    let runs = encoded.into_iter().map(|chunk| {
        let bytes = STANDARD.decode(chunk).expect("base64");
        Chunk::read(bytes.into()).expect("events")
    });
    runs.collect()
}
