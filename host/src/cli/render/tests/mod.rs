//! What is drawn of fixed answers. The fixtures are answers of a server as `--output json` printed them.

use super::{batches, control, description, failure, manifest, namespaces, schedule, table, timeline};
use crate::cli::protojson;
use crate::cli::time::Viewpoint;
use insta::assert_snapshot;
use jiff::tz::TimeZone;
use mainspring_api::modules::{
    DescribeModuleResponse, HandlerDefinition, Manifest, ModuleSummary, ModuleVersion, WorkflowDefinition,
};
use mainspring_api::protobuf::Timestamp;
use mainspring_api::temporal::batch::v1::BatchOperationInfo;
use mainspring_api::temporal::history::v1::{History, history_event::Attributes};
use mainspring_api::temporal::workflowservice::v1::{
    DescribeBatchOperationResponse, DescribeNamespaceResponse, DescribeScheduleResponse,
    DescribeWorkflowExecutionResponse, ListSchedulesResponse, ListWorkflowExecutionsResponse,
};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn a_minute_past_seven() -> Viewpoint {
    Viewpoint {
        now: "2026-11-22T19:01:00Z".parse().expect("a moment"),
        zone: TimeZone::UTC,
    }
}

fn drawn(json: &str) -> String {
    let history: History = protojson::from_json(json);
    let mut timeline = timeline::Timeline::default();
    plain(
        &history
            .events
            .iter()
            .filter_map(|event| timeline.draw(event))
            .collect::<String>(),
    )
}

fn described(json: &str) -> String {
    let described: DescribeWorkflowExecutionResponse = protojson::from_json(json);
    plain(&description::full(&described, &[], &a_minute_past_seven()))
}

#[test]
fn timelines() {
    assert_snapshot!(
        "timeline_completed",
        drawn(include_str!("fixtures/completed.history.json"))
    );
    assert_snapshot!("timeline_failed", drawn(include_str!("fixtures/failed.history.json")));
    assert_snapshot!(
        "timeline_signalled",
        drawn(include_str!("fixtures/signalled.history.json"))
    );
    assert_snapshot!(
        "timeline_cancelling",
        drawn(include_str!("fixtures/cancelling.history.json"))
    );
}

#[test]
fn timelines_of_workflows_that_deal_with_others() {
    assert_snapshot!("timeline_parent", drawn(include_str!("fixtures/parent.history.json")));
    assert_snapshot!("timeline_sending", drawn(include_str!("fixtures/sending.history.json")));
    assert_snapshot!("timeline_updated", drawn(include_str!("fixtures/updated.history.json")));
    assert_snapshot!("timeline_paused", drawn(include_str!("fixtures/paused.history.json")));
    assert_snapshot!("timeline_retried", drawn(include_str!("fixtures/retried.history.json")));
    assert_snapshot!("timeline_reset", drawn(include_str!("fixtures/reset.history.json")));
}

#[test]
fn batch_operations() {
    let listed = [
        r#"{"jobId": "1", "state": "BATCH_OPERATION_STATE_RUNNING", "startTime": "2026-11-22T19:00:30Z",
            "operationType": "BATCH_OPERATION_TYPE_SIGNAL_WORKFLOW"}"#,
        r#"{"jobId": "2", "state": "BATCH_OPERATION_STATE_FAILED", "startTime": "2026-11-22T18:00:00Z",
            "closeTime": "2026-11-22T18:00:10Z", "operationType": "BATCH_OPERATION_TYPE_DELETE_WORKFLOW"}"#,
    ];
    let listed = listed.map(protojson::from_json::<BatchOperationInfo>);
    assert_snapshot!("batches", plain(&batches::list(&listed, &a_minute_past_seven())));
    let described: DescribeBatchOperationResponse = protojson::from_json(
        r#"{"jobId": "1", "state": "BATCH_OPERATION_STATE_RUNNING", "startTime": "2026-11-22T19:00:30Z",
            "operationType": "BATCH_OPERATION_TYPE_TERMINATE_WORKFLOW", "query": "WorkflowType = 'order'",
            "reason": "out of stock", "identity": "somebody@host", "totalOperationCount": "700",
            "completeOperationCount": "300", "failureOperationCount": "2"}"#,
    );
    assert_snapshot!("batch", plain(&batches::full(&described, &a_minute_past_seven())));
}

#[test]
fn tenants() {
    let tenants = [
        r#"{"namespaceInfo": {"name": "default", "state": "NAMESPACE_STATE_REGISTERED", "id": "1"},
            "config": {"workflowExecutionRetentionTtl": "0s"}}"#,
        r#"{"namespaceInfo": {"name": "orders", "state": "NAMESPACE_STATE_DEPRECATED", "id": "2",
            "description": "what was ordered", "ownerEmail": "orders@example.org", "data": {"team": "shop"}},
            "config": {"workflowExecutionRetentionTtl": "259200s"}}"#,
    ];
    let tenants = tenants.map(protojson::from_json::<DescribeNamespaceResponse>);
    assert_snapshot!("namespaces", plain(&namespaces::list(&tenants)));
    assert_snapshot!("namespace", plain(&namespaces::full(&tenants[1])));
}

#[test]
fn descriptions() {
    assert_snapshot!(
        "description_waiting",
        described(include_str!("fixtures/waiting.description.json"))
    );
    assert_snapshot!(
        "description_blocked",
        described(include_str!("fixtures/blocked.description.json"))
    );
    assert_snapshot!(
        "description_parent",
        described(include_str!("fixtures/parent.description.json"))
    );
    assert_snapshot!(
        "description_paused",
        described(include_str!("fixtures/paused.description.json"))
    );
    assert_snapshot!(
        "description_child",
        described(include_str!("fixtures/child.description.json"))
    );
}

#[test]
fn timers_that_run_are_described() {
    let history: History = protojson::from_json(include_str!("fixtures/timers.history.json"));
    let described = DescribeWorkflowExecutionResponse::default();
    let shown = plain(&description::full(&described, &history.events, &a_minute_past_seven()));
    let (_, timers) = shown.split_once("Pending timers").expect("there are some");
    assert_snapshot!(timers, @r#"
    #1  in 1 min 1 s  "remind them"
    #3  in 6 d 23 h
    "#);
}

#[test]
fn lists_say_which_workflows_are_blocked() {
    let described: DescribeWorkflowExecutionResponse =
        protojson::from_json(include_str!("fixtures/blocked.description.json"));
    let info = described.workflow_execution_info.expect("it is described");
    assert_snapshot!(plain(&description::list(&[info], &a_minute_past_seven())), @"
    STATUS   WORKFLOW ID  TYPE          STARTED    TOOK  RUN ID
    blocked  order-7      processOrder  1 min ago        01a204a9-742a-7516-9634-4e9d18daccf9
    ");
}

#[test]
fn lists() {
    let answer: ListWorkflowExecutionsResponse = protojson::from_json(include_str!("fixtures/list.json"));
    let mut view = a_minute_past_seven();
    view.now = "2026-11-22T19:10:00Z".parse().expect("a moment");
    assert_snapshot!("list", plain(&description::list(&answer.executions, &view)));
}

#[test]
fn a_failure_shows_its_causes_with_their_stacks() {
    let history: History = protojson::from_json(include_str!("fixtures/failed.history.json"));
    let last = history.events.last().and_then(|event| event.attributes.as_ref());
    let Some(Attributes::WorkflowExecutionFailedEventAttributes(failed)) = last else {
        panic!("it failed")
    };
    let chain = failure::chain(failed.failure.as_ref().expect("it says why"));
    assert_snapshot!("failure_chain", plain(&chain));
}

#[test]
fn modules() {
    let handler = |name: &str, description: &str| HandlerDefinition {
        name: Some(name.to_owned()),
        description: description.to_owned(),
    };
    let manifest = Manifest {
        sdk: "mainspring-rust/0.1.0".to_owned(),
        workflows: vec![
            WorkflowDefinition {
                name: Some("approveOrder".to_owned()),
                description: "Waits for somebody to approve an order.".to_owned(),
                signals: vec![handler("approve", "Approves it.\nOnce.")],
                queries: vec![handler("status", "")],
                updates: Vec::new(),
            },
            WorkflowDefinition::default(),
        ],
    };
    let version = |digit: &str, seconds| ModuleVersion {
        digest: digit.repeat(64),
        size_bytes: 234_114,
        pushed_at: Some(Timestamp { seconds, nanos: 0 }),
    };
    let (older, newer) = (version("a", 1_795_370_000), version("b", 1_795_374_000));
    let summary = |name: &str, manifest| ModuleSummary {
        name: name.to_owned(),
        current: Some(newer.clone()),
        version_count: 2,
        manifest,
    };
    let list = [summary("approval", Some(manifest.clone())), summary("broken", None)];
    assert_snapshot!("modules", plain(&manifest::list(&list, &a_minute_past_seven())));
    let module = DescribeModuleResponse {
        name: "approval".to_owned(),
        versions: vec![newer.clone(), older],
        manifest: Some(manifest),
    };
    assert_snapshot!("module", plain(&manifest::full(&module, &a_minute_past_seven())));
}

#[test]
fn columns_are_as_wide_as_their_widest_cell() {
    use super::style::PLAIN;
    let mut table = table::Table::new(&["A", "LONGER"]);
    table.row(vec![table::Cell::new(PLAIN, "übermäßig"), table::Cell::new(PLAIN, "b")]);
    assert_snapshot!(plain(&table.render()), @r"
    A          LONGER
    übermäßig  b
    ");
}

#[test]
fn task_queues_and_workflow_types() {
    use mainspring_api::control::{Pause, Poller, TaskQueue, WorkflowType};
    let since = Some(Timestamp {
        seconds: 1_795_374_000,
        nanos: 0,
    });
    let pause = Pause {
        reason: "the bank is closed".to_owned(),
        identity: "ann".to_owned(),
        since,
    };
    let busy = TaskQueue {
        name: "orders".to_owned(),
        waiting: [(1, 2), (3, 40)].into(),
        running: 5,
        pollers: vec![Poller {
            identity: "7@shop".to_owned(),
            latest_poll: since,
        }],
        rate: Some(2.5),
        rate_of_worker: true,
        key_rate: Some(0.5),
        concurrency: Some(5),
        weights: [("small".to_owned(), 0.5), ("large".to_owned(), 9.0)].into(),
        pause: Some(pause.clone()),
    };
    let idle = TaskQueue {
        name: "mail".to_owned(),
        ..TaskQueue::default()
    };
    let view = a_minute_past_seven();
    assert_snapshot!("task_queue", plain(&control::task_queue(&busy, &view)));
    assert_snapshot!("task_queue_idle", plain(&control::task_queue(&idle, &view)));
    assert_snapshot!("task_queues", plain(&control::task_queues(&[idle, busy])));
    let types = [
        WorkflowType {
            name: "approveOrder".to_owned(),
            module: "approval".to_owned(),
            pause: None,
        },
        WorkflowType {
            name: "processOrder".to_owned(),
            module: "order".to_owned(),
            pause: Some(pause),
        },
    ];
    assert_snapshot!("workflow_types", plain(&control::workflow_types(&types, &view)));
}

#[test]
fn schedules() {
    let described: DescribeScheduleResponse = protojson::from_json(include_str!("fixtures/schedule.description.json"));
    let view = Viewpoint {
        now: "2026-11-23T01:36:00Z".parse().expect("a moment"),
        ..a_minute_past_seven()
    };
    assert_snapshot!("schedule", plain(&schedule::full("nightly", &described, &view)));
    let listed: ListSchedulesResponse = protojson::from_json(include_str!("fixtures/schedules.list.json"));
    assert_snapshot!("schedules", plain(&schedule::list(&listed.schedules, &view)));
}
