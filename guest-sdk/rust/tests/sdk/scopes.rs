use std::time::Duration;

use futures::future::lazy;
use futures::join;
use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{
    Activity, CancellationScope, CancellationType, Failure, Signal, cancel_requested, shielded, sleep, spawn,
    wait_condition, workflow,
};

const HOUR: Duration = Duration::from_secs(3600);

static STOP: Signal<String> = Signal::new("stop");

fn activity(name: &str) -> Activity<()> {
    Activity::new(name, ())
}

fn end(result: &Result<(), Failure>) -> String {
    match result {
        Ok(()) => "done".to_owned(),
        Err(failure) => failure.to_string(),
    }
}

/// Cancels, with each signal `stop`, the scope that it names.
async fn obey<const N: usize>(named: [(&str, &CancellationScope); N]) {
    for _ in 0..named.len() {
        let Ok(stop) = STOP.receive().await else { return };
        let scope = named.iter().find(|(name, _)| *name == stop);
        scope.expect("there is such a scope").1.cancel("enough");
    }
}

#[workflow(signals(STOP))]
async fn tree() -> Result<Vec<String>, Failure> {
    let outer = CancellationScope::new();
    let inner = outer.child();
    let beside = CancellationScope::new();
    let ends = async {
        join!(
            outer.run(activity("outer")),
            inner.run(activity("inner")),
            inner.run(async { shielded(activity("shielded")).await }),
            beside.run(sleep(HOUR)),
            activity("around"),
        )
    };
    let (ends, ()) = join!(ends, shielded(obey([("outer", &outer)])));
    assert!(inner.is_cancelled() && !beside.is_cancelled() && cancel_requested().is_none());
    let ends = [ends.0, ends.1, ends.2, ends.3, ends.4];
    Ok(ends.iter().map(end).collect())
}

#[test]
fn what_runs_in_a_scope_and_in_those_inside_of_it_is_cancelled_with_it() {
    let mut run = TestRun::start::<tree>(());
    run.commands();
    run.signal("stop", ("outer",));
    assert_eq!(run.commands(), ["cancel 1", "cancel 2"]);
    run.cancelled(1);
    run.cancelled(2);
    run.complete(3, &());
    run.fire(4);
    run.complete(5, &());
    assert_eq!(
        run.commands(),
        [r#"complete ["the activity was cancelled","the activity was cancelled","done","done","done"]"#]
    );
}

#[test]
fn the_run_is_the_outermost_scope() {
    let mut run = TestRun::start::<tree>(());
    run.commands();
    run.request_cancel("stop");
    assert_eq!(run.commands(), ["cancel 1", "cancel 2", "cancel 4", "cancel 5"]);
}

/// Cleans up where the cancellation is heard; the rest of the workflow goes on.
#[workflow(signals(STOP))]
async fn cleans_up() -> Result<(), Failure> {
    let scope = CancellationScope::new();
    let work = scope.run(async {
        let worked = sleep(HOUR).await;
        if worked.is_err() {
            shielded(activity("cleanup")).await?;
        }
        worked
    });
    let (worked, ()) = join!(work, obey([("scope", &scope)]));
    assert_eq!(end(&worked), "the scope was cancelled: enough");
    assert_eq!(scope.reason().as_deref(), Some("enough"));
    activity("next").await
}

#[test]
fn a_cancelled_scope_cleans_up_and_the_workflow_goes_on() {
    let mut run = TestRun::start::<cleans_up>(());
    run.signal("stop", ("scope",));
    assert_eq!(
        run.commands(),
        ["1: timer 3600000 ms", "cancel 1", "2: activity cleanup"]
    );
    // The shield holds against the run's cancellation, too, which then goes to the next operation.
    run.request_cancel("now everything");
    assert_eq!(run.commands(), [""; 0]);
    run.complete(2, &());
    assert_eq!(run.commands(), ["cancelled"]);
}

#[workflow]
async fn limited() -> Result<String, Failure> {
    let scope = CancellationScope::new();
    let work = async {
        let worked = activity("slow")
            .cancellation(CancellationType::WaitCancellationCompleted)
            .await;
        match worked {
            Ok(()) => Ok("in time".to_owned()),
            Err(_) => sleep(HOUR).await.map(|()| scope.reason().unwrap_or_default()),
        }
    };
    scope.run_for(HOUR, work).await
}

#[test]
fn a_scope_whose_time_is_up_is_cancelled_and_cleans_up() {
    let mut run = TestRun::start::<limited>(());
    assert_eq!(run.commands(), ["1: activity slow", "2: timer 3600000 ms"]);
    run.fire(2);
    assert_eq!(run.commands(), ["cancel 1"]);
    run.cancelled(1);
    assert_eq!(run.commands(), ["3: timer 3600000 ms"]);
    run.fire(3);
    assert_eq!(run.commands(), [r#"complete "its time is up""#]);

    let mut run = TestRun::start::<limited>(());
    run.complete(1, &());
    assert_eq!(run.commands()[2..], ["cancel 2", r#"complete "in time""#]);
}

#[workflow]
async fn cancelled_before_it_waits() -> Result<Vec<String>, Failure> {
    let scope = CancellationScope::new();
    scope.cancel("at once");
    let around = activity("around").await;
    let first = scope.run(activity("first")).await;
    let second = scope.run(activity("second")).await;
    Ok([around, first, second].iter().map(end).collect())
}

#[test]
fn a_cancellation_that_nobody_could_hear_goes_to_the_next_operation_of_its_scope() {
    let mut run = TestRun::start::<cancelled_before_it_waits>(());
    run.complete(1, &());
    run.complete(2, &());
    assert_eq!(
        run.commands(),
        [
            "1: activity around",
            "2: activity second",
            r#"complete ["done","the scope was cancelled: at once","done"]"#
        ]
    );
}

#[workflow(signals(STOP))]
async fn spawns() -> Result<Vec<String>, Failure> {
    let (scope, alone) = (CancellationScope::new(), CancellationScope::shielded());
    let task = scope.run(lazy(|_| spawn(activity("spawned")))).await;
    let safe = shielded(lazy(|_| spawn(activity("safe")))).await;
    let (condition, asleep) = (scope.run(wait_condition(|| false)), alone.run(sleep(HOUR)));
    let stops = shielded(obey([("scope", &scope), ("alone", &alone)]));
    let (task, safe, condition, asleep, ()) = join!(task, safe, condition, asleep, stops);
    Ok([task, safe, condition, asleep].iter().map(end).collect())
}

#[test]
fn tasks_belong_to_the_scope_in_which_they_were_spawned() {
    let mut run = TestRun::start::<spawns>(());
    run.commands();
    run.signal("stop", ("scope",));
    run.request_cancel("nobody hears it");
    run.signal("stop", ("alone",));
    run.cancelled(2);
    run.complete(3, &());
    let end = r#"complete ["the activity was cancelled","done","the scope was cancelled: enough","the scope was cancelled: enough"]"#;
    assert_eq!(run.commands(), ["cancel 2", "cancel 2", "cancel 1", end]);
}
