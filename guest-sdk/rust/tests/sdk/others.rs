use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{Failure, Signal, Workflow, request_cancel, workflow};

#[workflow(name = "countDown")]
async fn count_down(left: u32) -> Result<String, Failure> {
    match left {
        0 => Ok("done".to_owned()),
        left => count_down::continue_as_new((left - 1,)),
    }
}

#[test]
fn a_run_continues_as_a_new_one() {
    assert_eq!(
        TestRun::start::<count_down>((2,)).commands(),
        ["continue as new countDown 1"]
    );
    assert_eq!(TestRun::start::<count_down>((0,)).commands(), [r#"complete "done""#]);
}

#[workflow]
async fn parent() -> Result<String, Failure> {
    let child = count_down::child((3,)).workflow_id("c").start().await?;
    let id = child.execution().workflow_id.clone();
    Ok(format!("{id} is {}", child.result().await?))
}

#[test]
fn a_child_begins_and_ends() {
    let mut run = TestRun::start::<parent>(());
    assert_eq!(run.commands(), ["1: child countDown 3"]);
    run.child_started(1, "c");
    run.child_completed(1, "over");
    assert_eq!(run.commands(), [r#"complete "c is over""#]);
}

static NUDGE: Signal<u32> = Signal::new("nudge");

#[workflow]
async fn neighbour() -> Result<(), Failure> {
    NUDGE.send("them", &5).await?;
    request_cancel("them", "enough").await
}

#[test]
fn other_workflows_hear_of_us() {
    let mut run = TestRun::start::<neighbour>(());
    run.delivered(1);
    run.delivered(2);
    assert_eq!(
        run.commands(),
        [
            "1: signal them nudge 5",
            "2: request cancel them: enough",
            "complete null"
        ]
    );
}
