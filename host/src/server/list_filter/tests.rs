use super::*;
use crate::store::RunSummary;
use mainspring_core::{Execution, RunId, RunStatus, Timestamp};

fn run(workflow_id: &str, workflow_type: &str, status: RunStatus, started_seconds: u64) -> RunSummary {
    RunSummary {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: workflow_id.into(),
            run_id: RunId::from_bytes([1; 16]),
        },
        workflow_type: workflow_type.into(),
        task_queue: "orders".into(),
        status,
        started: Timestamp::from_millis(started_seconds * 1000),
        closed: status
            .is_closed()
            .then(|| Timestamp::from_millis(started_seconds * 1000 + 500)),
        history_length: 1,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        start_request_id: String::new(),
        first_run_id: RunId::from_bytes([1; 16]),
    }
}

fn matching(filter: &str) -> String {
    let runs = [
        run("order-1", "order", RunStatus::Completed, 100),
        run("order-2", "order", RunStatus::Running, 200),
        run("order-3", "order", RunStatus::Failed, 300),
        run("it's \"me\"", "approval", RunStatus::Running, 400),
    ];
    let filter = parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    let matching: Vec<&str> = runs
        .iter()
        .filter(|run| filter.matches(run))
        .map(|run| run.execution.workflow_id.as_str())
        .collect();
    matching.join(" ")
}

#[test]
fn filters_take_what_they_say() {
    for (filter, expected) in [
        ("", "order-1 order-2 order-3 it's \"me\""),
        ("  ", "order-1 order-2 order-3 it's \"me\""),
        ("WorkflowType = 'order'", "order-1 order-2 order-3"),
        ("`WorkflowType`=\"order\"", "order-1 order-2 order-3"),
        ("WorkflowType != 'order'", "it's \"me\""),
        (
            "WorkflowId starts_with 'order-' AND ExecutionStatus = 'running'",
            "order-2",
        ),
        ("ExecutionStatus IN ('Failed', 'Completed')", "order-1 order-3"),
        ("ExecutionStatus != 'Running'", "order-1 order-3"),
        ("StartTime > '1970-01-01T00:03:20Z'", "order-3 it's \"me\""),
        (
            "StartTime >= '1970-01-01T01:03:20+01:00'",
            "order-2 order-3 it's \"me\"",
        ),
        ("StartTime BETWEEN 100000000000 AND 200000000000", "order-1 order-2"),
        ("CloseTime IS NULL", "order-2 it's \"me\""),
        (
            "CloseTime IS NOT NULL AND CloseTime < '1970-01-01T00:02:00Z'",
            "order-1",
        ),
        ("WorkflowId = 'it''s \\\"me\\\"'", "it's \"me\""),
        (
            "WorkflowId = 'order-1' OR WorkflowId = 'order-2' AND ExecutionStatus = 'Failed'",
            "order-1",
        ),
        (
            "(WorkflowId = 'order-1' OR WorkflowId = 'order-2') AND ExecutionStatus = 'Running'",
            "order-2",
        ),
        (
            "RunId = '01010101-0101-0101-0101-010101010101' AND TaskQueue = 'orders' AND WorkflowId > 'order-2'",
            "order-3",
        ),
    ] {
        assert_eq!(matching(filter), expected, "{filter}");
    }
}

#[test]
fn counts_can_be_grouped_by_status() {
    for filter in [
        "GROUP BY ExecutionStatus",
        "WorkflowType = 'order' group by ExecutionStatus",
    ] {
        assert!(parse(filter).is_ok_and(|filter| filter.groups_by_status), "{filter}");
    }
}

#[test]
fn errors_say_where_and_what_instead() {
    let errors: Vec<String> = [
        "WorkflowType",
        "WorkflowType =",
        "WorkflowType = order",
        "WorkflowType = 'order' AND",
        "WorkflowType = 'order' 'x'",
        "(WorkflowType = 'order'",
        "WorkflowType = 'order",
        "ExecutionStatus IN ('Failed' 'Running')",
        "ExecutionStatus = 'Sleeping'",
        "Customer = 'x'",
        "WorkflowId = 'ä' AND StartTime > 'yesterday'",
        "WorkflowType IS NULL",
        "GROUP BY WorkflowType",
        "WorkflowType = 'a' ORDER BY StartTime",
    ]
    .into_iter()
    .map(|filter| match parse(filter) {
        Err(error) => format!("{filter}\n    {error}"),
        Ok(_) => panic!("{filter} is accepted"),
    })
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    WorkflowType
        invalid query, at character 13: expected =, !=, <, <=, >, >=, IN, BETWEEN, STARTS_WITH, IS NULL or IS NOT NULL
    WorkflowType =
        invalid query, at character 15: expected a value in quotes, or a number
    WorkflowType = order
        invalid query, at character 16: expected a value in quotes, or a number
    WorkflowType = 'order' AND
        invalid query, at character 27: expected an attribute's name
    WorkflowType = 'order' 'x'
        invalid query, at character 24: expected AND, OR, GROUP BY or the end of the query
    (WorkflowType = 'order'
        invalid query, at character 24: expected AND, OR or `)`
    WorkflowType = 'order
        invalid query, at character 16: expected a value in quotes, or a number
    ExecutionStatus IN ('Failed' 'Running')
        invalid query, at character 30: expected `,` or `)`
    ExecutionStatus = 'Sleeping'
        invalid query, at character 19: there is no status "Sleeping"; there are Running, Completed, Failed, Canceled, Terminated, TimedOut, ContinuedAsNew
    Customer = 'x'
        invalid query, at character 1: there is no attribute Customer; there are WorkflowId, WorkflowType, RunId, TaskQueue, ExecutionStatus, StartTime, ExecutionTime, CloseTime
    WorkflowId = 'ä' AND StartTime > 'yesterday'
        invalid query, at character 34: "yesterday" is no moment; write it as '2026-01-31T12:00:00Z'
    WorkflowType IS NULL
        invalid query, at character 1: WorkflowType is a text, and always there
    GROUP BY WorkflowType
        invalid query, at character 10: only ExecutionStatus can be grouped by
    WorkflowType = 'a' ORDER BY StartTime
        invalid query, at character 20: expected AND, OR, GROUP BY or the end of the query
    "#);
}

#[test]
fn deep_nesting_and_great_length_are_refused() {
    assert!(parse(&"(".repeat(1000)).is_err());
    assert!(parse(&" ".repeat(10_000)).is_err());
    let nested = format!("{}WorkflowId = 'x'{}", "(".repeat(64), ")".repeat(64));
    assert!(parse(&nested).is_ok());
}
