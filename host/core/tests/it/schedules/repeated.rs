//! What a schedule is told of its runs more than once, or in turns.

use super::script::{create, outcome, run_of, times};
use mainspring_core::schedule::Schedule;
use mainspring_core::{ChildNotStarted, Millis, RunId, Timestamp};

/// A schedule that has asked for one run, and when.
fn asked() -> (Schedule, RunId, Timestamp) {
    let mut schedule = create("every 10s limit=1");
    let now = schedule.created.after(Millis::from_secs(10));
    let messages = schedule.advance(&times(&schedule), now);
    let run = messages.iter().find_map(run_of).expect("it asks for a run");
    (schedule, run, now)
}

#[test]
fn a_start_that_was_refused_and_is_asked_for_again_may_come_true() {
    let (mut schedule, run, now) = asked();
    schedule.run_not_started(run, &ChildNotStarted::WorkflowIdInUse);
    schedule.run_not_started(run, &ChildNotStarted::WorkflowIdInUse);
    assert!(schedule.progress.running.is_empty());
    assert!(schedule.progress.last_refusal.is_some());
    schedule.run_started(run, now);
    assert_eq!(schedule.progress.counts.started, 1);
    assert_eq!(schedule.progress.last_refusal, None);
    // What was said before comes late.
    schedule.run_not_started(run, &ChildNotStarted::WorkflowIdInUse);
    assert_eq!(schedule.progress.running.len(), 1);
    schedule.run_closed(run, outcome("completes"), now);
    let is_over = schedule.clone();
    schedule.run_not_started(run, &ChildNotStarted::WorkflowIdInUse);
    schedule.run_started(run, now);
    schedule.run_closed(run, outcome("fails"), now);
    assert_eq!(schedule, is_over);
    assert!(schedule.progress.running.is_empty() && schedule.progress.refused.is_empty());
}

#[test]
fn an_end_says_that_there_was_a_start() {
    let (mut schedule, run, now) = asked();
    schedule.run_closed(run, outcome("completes"), now);
    assert_eq!(schedule.progress.counts.started, 1);
    assert_eq!(schedule.progress.recent.len(), 1);
    assert!(schedule.progress.running.is_empty());
}
