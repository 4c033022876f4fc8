//! Workflows in Go, on a host that forgets every run after each step: whatever Go left to chance or to the clock would show
//! as a replay that diverges, and block the run.

use crate::support::embedded::{QUEUE, blocked, frugal, history, load, start};
use crate::support::patience::{in_time, until};
use mainspring::embedded::{ResultError, failure};
use mainspring::{Failure, Mainspring, Settings, WorkflowHandle};
use mainspring_core::Event;
use serde_json::{Value, json};

/// An hour, as Go counts.
const HOUR: i64 = 3_600_000_000_000;

/// One after the other in one engine, as compiling what Go makes takes long without optimisation.
#[tokio::test(flavor = "multi_thread")]
async fn workflows_in_go() {
    let mainspring = open().await;
    let cases = [
        ("go_steps", json!(20), json!(20)),
        ("go_fan_out", json!(20), json!("20")),
        // Each of 4 goroutines: 64 + round, for 12 rounds; the collector runs in the middle of it.
        ("go_garbage", json!(12), json!(4 * (64 * 12 + 66))),
        ("go_deadline", Value::Null, json!("true context deadline exceeded")),
        ("go_parent", Value::Null, json!("the-child liftoff")),
    ];
    for (workflow_type, argument, expected) in cases {
        completes(&mainspring, workflow_type, workflow_type, argument, expected).await;
    }
    a_select_takes_what_came_first(&mainspring).await;
    chance_and_time_are_the_same_in_each_replay(&mainspring).await;
    signals_and_queries(&mainspring).await;
    failures_keep_their_causes(&mainspring).await;
    a_cancelled_run_cleans_up_after_itself(&mainspring).await;
    a_panic_blocks_the_run_with_message_and_stack(&mainspring).await;
    mainspring.shut_down().await;
}

async fn open() -> Mainspring {
    let mut settings = frugal(Settings::ephemeral());
    settings.shard.evict_always = true;
    let mainspring = Mainspring::open(settings).await.expect("the engine opens");
    load(&mainspring, "go_guests").await;
    mainspring.activity(QUEUE, "noop", async |_, argument: Value| Ok::<_, Failure>(argument));
    mainspring.activity(QUEUE, "quick", async |_, (): ()| Ok::<_, Failure>("done"));
    mainspring.activity(QUEUE, "fails", async |_, (): ()| {
        Err::<(), _>(failure("NoLuck", "no luck"))
    });
    mainspring.activity(QUEUE, "slow", async |_, (): ()| {
        std::future::pending::<Result<(), Failure>>().await
    });
    mainspring
}

async fn ended(run: &WorkflowHandle) -> Result<Value, ResultError> {
    in_time("it ends", run.result::<Value>()).await
}

async fn completes(mainspring: &Mainspring, workflow_type: &str, id: &str, argument: Value, expected: Value) {
    let run = start(mainspring, workflow_type, id, &argument).await;
    match ended(&run).await {
        Ok(output) => assert_eq!(output, expected, "{id}"),
        Err(error) => panic!("{id}: {error}"),
    }
}

async fn a_select_takes_what_came_first(mainspring: &Mainspring) {
    let timer = json!({"Activity": "slow", "Limit": HOUR / 36_000});
    completes(mainspring, "go_race", "the timer wins", timer, json!("too late")).await;
    let activity = json!({"Activity": "quick", "Limit": HOUR});
    completes(mainspring, "go_race", "the activity wins", activity, json!("done")).await;
}

/// The activity is told what the workflow saw; had a replay seen anything else, the run would be blocked.
async fn chance_and_time_are_the_same_in_each_replay(mainspring: &Mainspring) {
    let mut seen = Vec::new();
    for id in ["one", "two"] {
        let run = start(mainspring, "go_chance", id, &Value::Null).await;
        seen.push(ended(&run).await.expect("it completes"));
    }
    // Go's clock is the run's.
    assert_eq!((&seen[0]["Now"], &seen[0]["Slept"]), (&json!(0), &json!(1_500_000_000)));
    for of_the_seed in ["Seeded", "UUID", "Secret"] {
        assert_ne!(seen[0][of_the_seed], seen[1][of_the_seed], "{of_the_seed}");
    }
}

async fn signals_and_queries(mainspring: &Mainspring) {
    let run = start(mainspring, "go_approval", "approval", &Value::Null).await;
    // One that nobody can read is passed over, and one that comes first is not lost.
    run.signal("note", &json!({"not": "a text"}))
        .await
        .expect("it is taken");
    for note in ["a", "b", "c"] {
        run.signal("note", &note).await.expect("it is taken");
    }
    let notes = async || in_time("it answers", run.query::<Value>("notes", &())).await;
    until("all are there", async || {
        (notes().await.ok()? == json!(["a", "b", "c"])).then_some(())
    })
    .await;
    let refused = run.query::<Value>("broken", &()).await.expect_err("it answers so");
    assert!(refused.to_string().contains("no answer"), "{refused}");
    let refused = run
        .query::<Value>("nothing", &())
        .await
        .expect_err("there is no such query");
    assert!(
        refused.to_string().contains("it has: broken, notes, stuck"),
        "{refused}"
    );
    let stuck = run.query::<Value>("stuck", &()).await.expect_err("it waits for ever");
    assert!(stuck.to_string().contains("deadlock"), "{stuck}");
    run.signal("approve", &"Ada").await.expect("it is taken");
    let expected = json!(["a", "b", "c", "approved by Ada"]);
    assert_eq!(ended(&run).await.expect("it completes"), expected);
}

async fn failures_keep_their_causes(mainspring: &Mainspring) {
    let run = start(mainspring, "go_failure", "failure", &Value::Null).await;
    let Err(ResultError::Failed(failure)) = ended(&run).await else {
        panic!("it fails")
    };
    let messages: Vec<&str> = failure.layers().iter().map(|layer| layer.message.as_str()).collect();
    assert_eq!(
        messages,
        ["fails said NoLuck", "activity error", "no luck"],
        "{failure:?}"
    );
}

async fn a_cancelled_run_cleans_up_after_itself(mainspring: &Mainspring) {
    let run = start(mainspring, "go_cleanup", "cleanup", &Value::Null).await;
    let waits = async || history(mainspring, "cleanup").await.iter().any(is_timer).then_some(());
    until("it waits", waits).await;
    run.request_cancel("enough").await.expect("it is taken");
    assert!(matches!(ended(&run).await, Err(ResultError::Cancelled)));
    let cleaned = |event: &Event| matches!(event, Event::ActivityCompleted { .. });
    assert!(history(mainspring, "cleanup").await.iter().any(cleaned));
}

fn is_timer(event: &Event) -> bool {
    matches!(event, Event::TimerStarted { .. })
}

async fn a_panic_blocks_the_run_with_message_and_stack(mainspring: &Mainspring) {
    let cases = [
        ("go_panic", "panic: assignment to entry in nil map", "main.panics("),
        ("go_panic_aside", "panic: a goroutine of its own", "main.panicsAside."),
        ("go_exit", "os.Exit ends no workflow", ""),
    ];
    for (workflow_type, message, place) in cases {
        start(mainspring, workflow_type, workflow_type, &Value::Null).await;
        let reason = blocked(mainspring, workflow_type).await;
        assert!(
            reason.contains(message) && reason.contains(place),
            "{workflow_type}: {reason}"
        );
    }
}
