//! Bugs of authors block their runs, with a reason that names the place; nothing traps without a word.

use super::play::{finish, result_of, stage};
use serde_json::json;

/// Why the workflow cannot go on.
fn blocked_by(workflow_type: &str) -> String {
    let mut it = stage();
    it.start(workflow_type, "it", &[]);
    it.pass(10);
    it.blocked("it").expect("it is blocked")
}

#[test]
fn an_error_that_is_no_failure_blocks_the_run() {
    let reason = blocked_by("bug");
    assert!(
        reason.contains("undefined") && reason.contains("undefinedProperty") && reason.contains("features.ts:"),
        "{reason}"
    );
}

#[test]
fn a_rejection_that_nobody_takes_blocks_the_run() {
    let reason = blocked_by("forgotten_rejection");
    assert!(reason.contains("nobody waits for this"), "{reason}");
}

#[test]
fn a_bug_in_an_update_blocks_the_run() {
    let mut it = stage();
    it.start("update_with_bug", "it", &[]);
    drop(it.update("it", "broken", &json!(null)));
    let reason = it.blocked("it").expect("it is blocked");
    assert!(reason.contains("a bug in the handler"), "{reason}");
}

#[test]
fn recursion_without_end_is_a_range_error() {
    assert_eq!(result_of("recursion", &[]), json!("RangeError SyntaxError"));
}

#[test]
fn data_nested_too_deep_blocks_the_run() {
    let reason = blocked_by("nested_too_deep");
    assert!(reason.contains("stack is exhausted"), "{reason}");
}

#[test]
fn queries_that_change_something_fail() {
    let mut it = stage();
    it.start("bad_queries", "it", &[]);
    for (query, says) in [
        ("commands", "may ask for nothing"),
        ("promise", "should not return a Promise"),
        ("throws", "out of range"),
        (
            "unheard",
            "did not register a handler for unheard. Registered queries: [commands promise throws random]",
        ),
    ] {
        let refused = it.query("it", query).expect_err(query);
        assert!(refused.contains(says), "{query}: {refused}");
    }
    assert_eq!(it.query("it", "random"), Ok(json!("string")));
    finish(&mut it);
    assert!(it.blocked("it").is_none());
}
