use std::time::Duration;

use futures::join;
use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{
    Activity, Failure, Signal, cancel_requested, cancelled, shielded, sleep, wait_condition, workflow,
};

const HOUR: Duration = Duration::from_secs(3600);

fn cleanup() -> Activity<()> {
    Activity::new("cleanup", ())
}

#[workflow]
async fn tidy() -> Result<(), Failure> {
    let slept = sleep(HOUR).await;
    if slept.as_ref().is_err_and(Failure::is_cancelled) {
        cleanup().await?;
    }
    slept
}

#[test]
fn a_request_is_an_error_where_the_workflow_waits_and_what_follows_is_not_affected() {
    let mut run = TestRun::start::<tidy>(());
    run.request_cancel("changed my mind");
    assert_eq!(
        run.commands(),
        ["1: timer 3600000 ms", "cancel 1", "2: activity cleanup"]
    );
    run.complete(2, &());
    assert_eq!(run.commands(), ["cancelled"]);
}

#[workflow]
async fn calls() -> Result<(), Failure> {
    Activity::<()>::new("slow", ()).await
}

#[test]
fn an_activity_tells_itself_what_comes_of_a_request() {
    let mut run = TestRun::start::<calls>(());
    run.request_cancel("stop");
    assert_eq!(run.commands(), ["1: activity slow", "cancel 1"]);
    run.cancelled(1);
    assert_eq!(run.commands(), ["cancelled"]);

    let mut run = TestRun::start::<calls>(());
    run.request_cancel("stop");
    run.complete(1, &());
    assert_eq!(run.commands()[2..], ["complete null"]);
}

#[test]
fn a_cancelled_activity_is_a_failure_if_nobody_asked_the_run_to_cancel() {
    let mut run = TestRun::start::<calls>(());
    run.cancelled(1);
    assert_eq!(run.commands()[1..], ["fail the activity was cancelled"]);
}

static GO: Signal<()> = Signal::new("go");

#[workflow]
async fn waits_for_go() -> Result<(), Failure> {
    GO.receive().await?;
    sleep(HOUR).await
}

#[test]
fn conditions_and_signals_hear_it_too() {
    let mut run = TestRun::start::<waits_for_go>(());
    run.request_cancel("stop");
    assert_eq!(run.commands(), ["cancelled"]);
}

#[workflow]
async fn shields() -> Result<String, Failure> {
    let work = shielded(async {
        Activity::<()>::new("first", ()).await?;
        Activity::<()>::new("second", ()).await
    });
    let (reason, work) = join!(cancelled(), work);
    work?;
    assert_eq!(cancel_requested().as_ref(), Some(&reason));
    Ok(reason)
}

#[test]
fn a_shield_keeps_it_away() {
    let mut run = TestRun::start::<shields>(());
    run.request_cancel("enough");
    run.complete(1, &());
    run.complete(2, &());
    assert_eq!(
        run.commands(),
        ["1: activity first", "2: activity second", r#"complete "enough""#]
    );
}

#[workflow]
async fn two_steps(first_is_there: bool) -> Result<(), Failure> {
    wait_condition(|| first_is_there).await?;
    sleep(HOUR).await
}

#[test]
fn a_request_that_nobody_could_hear_goes_to_the_next_operation() {
    use mainspring_workflow::Workflow;
    // In the activation of the start, before the workflow has begun to wait.
    let mut run = TestRun::start_cancelled::<two_steps>((true,), "too late");
    assert_eq!(run.commands(), ["cancelled"]);
    assert_eq!(two_steps::NAME, "two_steps");
}
