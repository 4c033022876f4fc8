//! What the SDK offers, a feature each.

use super::play::{argument, failure, finish, kind, last, result, result_of, stage};
use mainspring_core::Event;
use serde_json::{Value, json};

#[test]
fn values_are_converted_both_ways() {
    let values = [json!("ä"), json!(1.5), json!([null, true]), json!({"a": {"b": []}})];
    assert_eq!(result_of("echo", &values), json!(values));
    assert_eq!(result_of("bytes", &[]), json!("héllo".as_bytes()));
    let mut stage = stage();
    stage.start("encodings", "it", &[]);
    let task = stage.take();
    let encodings = task
        .request
        .input
        .iter()
        .map(|payload| payload.encoding().unwrap_or_default());
    assert_eq!(
        encodings.collect::<Vec<_>>(),
        ["binary/plain", "binary/null", "json/plain"]
    );
    stage.complete(&task, &json!("text")).get().expect("it is taken");
    assert_eq!(result(&stage), json!("text"));
}

#[test]
fn the_default_export_takes_every_other_type() {
    assert_eq!(result_of("unheard_of", &[json!(1)]), json!(["unheard_of", [1], true]));
}

#[test]
fn an_activity_can_be_called_in_several_ways() {
    assert_eq!(result_of("ways_to_call", &[]), json!([1, 2, 3]));
}

#[test]
fn failures_of_activities_are_seen_with_their_causes() {
    let mut it = stage();
    it.start("failing_activity", "it", &[]);
    let task = it.take();
    it.fail(&task, "Flaky").get().expect("it is taken");
    let seen = result(&it);
    assert_eq!(
        seen,
        json!({
            "type": "work",
            "retryState": "MAXIMUM_ATTEMPTS_REACHED",
            "root": "the worker says so",
            "application": {"type": "Flaky", "details": []},
            "timeout": false,
            "name": "ActivityFailure",
        })
    );
    let mut it = stage();
    it.start("failing_activity", "it", &[]);
    let _never_answered = it.take();
    it.pass(60_000);
    let seen = result(&it);
    assert_eq!(seen["timeout"], json!("START_TO_CLOSE"));
}

#[test]
fn a_failure_ends_the_run_with_all_that_it_carries() {
    let mut it = stage();
    it.start("fails", "it", &[]);
    finish(&mut it);
    let failure = failure(&it);
    assert_eq!(failure.to_string(), "refused because: beneath");
    assert_eq!(kind(&failure), Some("Refused"));
    let trace = &failure.layers()[0].stack_trace;
    // Where it was thrown, in the author's file and not in the bundle.
    assert!(trace.contains("refuse") && trace.contains("features.ts:"), "{trace}");
    assert!(!trace.contains("workflow.js"), "{trace}");
}

#[test]
fn signals_wait_for_their_handlers_in_the_order_of_their_arrival() {
    let mut it = stage();
    it.start("listens", "it", &[]);
    for (name, argument) in [("say", "a"), ("other", "b"), ("say", "c")] {
        it.signal("it", name, &json!(argument)).get().expect("it is taken");
    }
    let task = it.take();
    it.complete(&task, &json!(0)).get().expect("it is taken");
    it.signal("it", "say", &json!("d")).get().expect("it is taken");
    assert_eq!(
        it.query("it", "said").expect("it answers"),
        json!(["a", "c", "other(b)", "d"])
    );
    assert_eq!(it.query("it", "unheard").expect("it answers"), json!("unheard()?"));
    it.signal("it", "stop", &Value::Null).get().expect("it is taken");
    assert_eq!(result(&it), json!(["a", "c", "other(b)", "d"]));
}

#[test]
fn updates_are_validated_and_run_side_by_side() {
    let mut it = stage();
    it.start("counts", "it", &[]);
    let refused = it.update("it", "add", &json!(0)).get();
    assert!(format!("{refused:?}").contains("nothing to add"), "{refused:?}");
    let (one, two) = (it.update("it", "add", &json!(1)), it.update("it", "add", &json!(2)));
    let down = it.update("it", "add", &json!(-1));
    let other = it.update("it", "other", &json!("x"));
    for accepted in [one, two, down, other] {
        accepted.get().expect("it is accepted");
    }
    // It waits for its handlers.
    it.signal("it", "stop", &Value::Null).get().expect("it is taken");
    finish(&mut it);
    let ids = ["it add 1", "add", "it add 2", "add", "it add -1", "add"];
    assert_eq!(result(&it), json!({"count": 3, "ids": ids, "outside": null}));
    let failed = it.history("it").into_iter().filter_map(|record| match record.event {
        Event::UpdateCompleted { outcome, .. } => outcome.err(),
        _ => None,
    });
    let kinds: Vec<_> = failed.map(|failure| kind(&failure).map(str::to_owned)).collect();
    assert_eq!(kinds, [Some("Down".to_owned())]);
}

#[test]
fn an_update_can_come_with_the_start() {
    let mut it = stage();
    let request = it.request("counts", "it", &[]);
    let (_, status) = it
        .update_with_start(request, "add", &json!(5))
        .get()
        .expect("it is taken");
    drop(status);
    it.signal("it", "stop", &Value::Null).get().expect("it is taken");
    finish(&mut it);
    assert_eq!(result(&it)["count"], json!(5));
}

#[test]
fn scopes_cancel_what_is_within() {
    let events = [
        "timeout: true",
        "in time",
        "inner: CancelledFailure",
        "considered cancelled: true",
        "a cancelled scope begins nothing",
        "shielded runs on, in its own scope: true",
        "a a",
        "b b",
        "a a",
        "b b",
        "a a",
        "b b",
        "outside nothing",
        "Cancellation scope cancelled",
        "finished",
    ];
    assert_eq!(result_of("scopes", &[]), json!(events));
}

#[test]
fn a_cancelled_workflow_cleans_up_first() {
    let mut it = stage();
    it.start("cleans_up", "it", &[]);
    let task = it.take();
    it.cancel("it").get().expect("it is taken");
    it.report_cancelled(&task).get().expect("it is taken");
    let cleanup = it.take();
    assert_eq!(argument(&cleanup), json!("cleanup"));
    it.complete(&cleanup, &Value::Null).get().expect("it is taken");
    assert_eq!(last(&it).name(), "RunCancelled");
}

#[test]
fn conditions_come_true_or_late() {
    assert_eq!(
        result_of("conditions", &[]),
        json!([false, true, true, "triggered", "void"])
    );
}

#[test]
fn children_give_results_and_failures_and_take_signals() {
    let expected = json!([
        ["a", 1],
        ["ChildWorkflowFailure", "fails", "child-fails", "beneath"],
        "Refused",
        "child-waits",
        "went now",
        "child-waits",
        "string",
    ]);
    assert_eq!(result_of("parent", &[]), expected);
}

#[test]
fn a_run_continues_as_another_type_with_another_memo() {
    assert_eq!(
        result_of("continues", &[]),
        json!(["by the first", {"note": "new"}, true])
    );
}

#[test]
fn a_workflow_knows_itself() {
    let expected = json!({
        "type": "introspects",
        "id": "it",
        "queue": "work",
        "attempt": 1,
        "memo": {"a": 1},
        "attributes": {"Amount": [7], "Customer": ["ann"]},
        "typed": 7,
        "start": true,
        "history": true,
        "context": true,
    });
    assert_eq!(result_of("introspects", &[]), expected);
}

#[test]
fn globals_are_there_on_workflow_time_and_seed() {
    let expected = json!({
        "elapsed": 1_500,
        "dates": "1970-01-01T00:00:00.000Z",
        "url": "https://example.com:8443/b?x=1&y=%C3%BC&z=a+b#top",
        "query": [["a", "1"], ["a", "2"], ["b", " "]],
        "invalid": false,
        "text": "grüße 👋",
        "aborted": ["AbortError"],
        "clone": [1, 2],
        "uuid": true,
        "random": true,
        "bytes": 4,
        "fetch": "fetch is not available in a workflow, which has no network and no files: make it an activity",
        "weak": "WeakRef is not available in a workflow: when memory is collected is not repeated by a replay",
        "microtask": "ran",
    });
    assert_eq!(result_of("sandbox", &[]), expected);
}

#[test]
fn promises_are_run_to_the_end() {
    assert_eq!(result_of("chains", &[]), json!(499_500));
}

#[test]
fn durations_are_written_as_ms_reads_them() {
    let hour = 3_600_000_u64;
    let day = 24 * hour;
    let expected = [
        json!([7, 7, 7, 2_000, 90_000, hour, 2 * day, 7 * day]),
        json!([365 * day + 6 * hour, -1]),
    ];
    let took = result_of("durations", &[]);
    let took = took.as_array().expect("it is a list");
    assert_eq!(json!([took[..8], took[8..]]), json!(expected));
}

#[test]
fn the_rest_of_the_sandbox_is_there() {
    let expected = json!({
        "reason": "TimeoutError",
        "order": ["first", "microtask", "timer"],
        "parameter": "2",
        "encoded": [0xe2, 0x82, 0xac],
        "decoded": "€",
        "dated": "1970-01-01T00:00:02.000Z",
        "uuids": 3,
    });
    assert_eq!(result_of("more_of_the_sandbox", &[]), expected);
}

#[test]
fn names_of_the_sdk_that_are_rarely_used_are_there() {
    let seen = result_of("other_names", &[]);
    let refused = seen["withoutTimeout"].as_str().expect("it is a text").to_owned();
    assert!(refused.contains("scheduleToCloseTimeout is needed"), "{refused}");
    let expected = json!({
        "local": "here",
        "urgent": "now",
        "details": "*nearly* done",
        "metadata": [["encoding", "json/plain"]],
        "value": {"a": 1},
        "ensured": "RangeError",
        "classes": ["TerminatedFailure", "ServerFailure"],
        "options": ["TRY_CANCEL", "ABANDON", "ABANDON"],
        "withoutTimeout": refused,
    });
    assert_eq!(seen, expected);
}
