//! The same workflows in other languages: the histories of those in Rust, event by event.

use super::file::GoldenHistory;
use super::names;
use crate::support::{guests, replay};

/// Histories that a language cannot have, with the event at which it differs and why.
type Differences = [(&'static str, &'static str)];

/// Temporal's Python SDK, and so ours, gives search attributes as lists; Rust gives values.
const PYTHON: &Differences = &[("memo-and-search-attributes", "SearchAttributesUpserted")];

#[test]
fn workflows_in_python_have_the_same_histories() {
    check("python_golden", PYTHON, &[]);
}

/// As does Temporal's TypeScript SDK.
const TYPESCRIPT: &Differences = &[("memo-and-search-attributes", "SearchAttributesUpserted")];

#[test]
fn workflows_in_typescript_have_the_same_histories() {
    check("typescript_golden", TYPESCRIPT, &[]);
}

/// The SDK for Go has no updates, no memo, no search attributes and no priorities; and a channel gives one signal at a time.
const MISSING_IN_GO: [&str; 5] = [
    "golden_carrier",
    "golden_chain",
    "golden_counter",
    "golden_notes",
    "golden_priorities",
];

#[test]
fn workflows_in_go_have_the_same_histories() {
    check("go_guests", &[], &MISSING_IN_GO);
}

/// `missing` are workflow types that the module does not have, and whose histories are passed over.
fn check(module: &str, differences: &Differences, missing: &[&str]) {
    let (modules, digest) = guests::load_module(module);
    let loaded = modules.get(&digest).expect("it is loaded");
    let has = |workflow_type: &str| {
        let types = &loaded.manifest().workflows;
        types.iter().any(|it| it.name.as_deref() == Some(workflow_type))
    };
    let mut wrong = Vec::new();
    for workflow_type in missing {
        assert!(!has(workflow_type), "there is {workflow_type} now");
    }
    for name in names() {
        let expected = differences.iter().find(|(different, _)| *different == name);
        for run in GoldenHistory::read(&name).runs {
            if missing.contains(&run.workflow_type()) {
                continue;
            }
            let workflow_id = run.workflow_id;
            match (replay::replay_to(&modules, digest, run.records), expected) {
                (Ok(()), None) => {}
                (Err(error), Some((_, event))) if error.contains(event) => {}
                (Err(error), _) => wrong.push(format!("{name}, {workflow_id}: {error}")),
                (Ok(()), Some(_)) => wrong.push(format!("{name}, {workflow_id} is the same now")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
