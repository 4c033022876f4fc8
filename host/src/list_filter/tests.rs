use super::*;
use crate::store::{
    RunSummary,
    search::{Attribute, AttributeType},
};
use mainspring_core::{Execution, Payload, PayloadMap, RunId, RunStatus, Timestamp};

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
        history_length: 3,
        transitions: 1,
        history_bytes: 100,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        start_request_id: String::new(),
        reset_request_id: None,
        first_run_id: RunId::from_bytes([1; 16]),
        begins: None,
        parent: None,
        root: None,
    }
}

fn types() -> AttributeTypes {
    let types = AttributeType::ALL.map(|of_type| (format!("A{}", of_type.name()), of_type));
    types.into()
}

fn carries(attributes: &[(&str, &str)]) -> PayloadMap {
    let payload = |json: &str| Payload::encoded("json/plain", json.to_owned());
    let mut carried: PayloadMap = attributes
        .iter()
        .map(|(name, json)| ((*name).to_owned(), payload(json)))
        .collect();
    carried.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    carried
}

fn matching(filter: &str) -> String {
    let mut runs = [
        run("order-1", "order", RunStatus::Completed, 100),
        run("order-2", "order", RunStatus::Running, 200),
        run("order-3", "order", RunStatus::Failed, 300),
        run("it's \"me\"", "approval", RunStatus::Running, 400),
    ];
    runs[0].search_attributes = carries(&[
        ("AKeyword", "\"gold\""),
        ("AInt", "-5"),
        ("ADouble", "1.5"),
        ("ABool", "true"),
        ("ADatetime", "\"2026-01-01T00:00:00+01:00\""),
        ("AKeywordList", "[\"red\", \"blue\"]"),
        ("AText", "\"The quick, brown fox\""),
        ("BuildIds", "[\"build-1\"]"),
    ]);
    runs[1].search_attributes = carries(&[
        ("AKeyword", "[\"silver\"]"),
        ("AInt", "7"),
        ("ADouble", "-2"),
        ("ABool", "false"),
        ("ADatetime", "\"2026-06-01T00:00:00.000001Z\""),
        ("AKeywordList", "[\"red\"]"),
        ("AText", "\"lazy dog\""),
    ]);
    // Nothing of this is of its type.
    runs[2].search_attributes = carries(&[
        ("AKeyword", "17"),
        ("AInt", "7.5"),
        ("ABool", "\"true\""),
        ("ADatetime", "\"soon\""),
        ("AKeywordList", "[1]"),
        ("AText", "null"),
    ]);
    let filter = parse(filter, &types()).unwrap_or_else(|error| panic!("{filter}: {error}"));
    let matching: Vec<&str> = runs
        .iter()
        .filter(|run| filter.condition.matches(run))
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
        (
            "WorkflowId STARTS_WITH 'order-' AND NOT WorkflowId = 'order-2'",
            "order-1 order-3",
        ),
        ("NOT (WorkflowType = 'order' OR CloseTime IS NOT NULL)", "it's \"me\""),
        (
            "NOT (WorkflowId = 'order-1' AND ExecutionStatus = 'Completed') AND WorkflowType = 'order'",
            "order-2 order-3",
        ),
        ("WorkflowId NOT STARTS_WITH 'order'", "it's \"me\""),
        ("ExecutionStatus NOT IN ('Failed', 'Running')", "order-1"),
        ("NOT ExecutionStatus NOT IN ('Failed')", "order-3"),
        ("NOT CloseTime IS NULL", "order-1 order-3"),
        (
            "StartTime NOT BETWEEN '1970-01-01T00:01:00Z' AND '1970-01-01T00:04:00Z'",
            "order-3 it's \"me\"",
        ),
        ("ExecutionDuration = 500000000", "order-1 order-3"),
        (
            "ExecutionDuration < '1s' AND HistoryLength = 3 AND StateTransitionCount = 1 AND HistorySizeBytes >= 100",
            "order-1 order-3",
        ),
        (
            "ExecutionDuration IS NULL AND StateTransitionCount IS NULL",
            "order-2 it's \"me\"",
        ),
        ("ParentWorkflowId IS NULL AND RootWorkflowId = 'order-1'", "order-1"),
        ("AKeyword = 'gold'", "order-1"),
        ("AKeyword != 'gold'", "order-2"),
        ("NOT AKeyword = 'gold'", "order-2"),
        ("AKeyword IN ('gold', 'silver')", "order-1 order-2"),
        ("AKeyword >= 'h'", "order-2"),
        ("AKeyword IS NULL", "order-3 it's \"me\""),
        ("NOT AKeyword IS NULL", "order-1 order-2"),
        ("AInt = -5 OR AInt > 6", "order-1 order-2"),
        ("AInt NOT IN (7, 8)", "order-1"),
        ("AInt BETWEEN -10 AND +7", "order-1 order-2"),
        ("ADouble = 1.5", "order-1"),
        ("ADouble < 1", "order-2"),
        ("ADouble <= 15e-1", "order-1 order-2"),
        ("ABool = true", "order-1"),
        ("ABool != TRUE", "order-2"),
        ("ADatetime = '2025-12-31T23:00:00Z'", "order-1"),
        ("ADatetime > '2026-06-01T00:00:00Z'", "order-2"),
        ("AKeywordList = 'red'", "order-1 order-2"),
        ("AKeywordList != 'blue'", "order-2"),
        ("AKeywordList IN ('green', 'blue')", "order-1"),
        ("AText = 'FOX dog'", "order-1 order-2"),
        ("AText != 'fox'", "order-2"),
        ("BuildIds = 'build-1'", "order-1"),
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
        assert!(
            parse(filter, &types()).is_ok_and(|filter| filter.groups_by_status),
            "{filter}"
        );
    }
}

#[test]
fn an_order_is_one_attribute_and_a_direction() {
    let order = |query| {
        let order = parse(query, &types())
            .expect("it is understood")
            .order
            .expect("an order");
        let name = match order.attribute {
            Attribute::System(attribute) => attribute.name_and_type().0.to_owned(),
            Attribute::Carried(name, _) => name,
        };
        (name, order.is_descending)
    };
    for (query, name, is_descending) in [
        ("ORDER BY StartTime", "StartTime", false),
        ("WorkflowType = 'a' order by CloseTime desc", "CloseTime", true),
        ("ORDER BY `ExecutionTime` ASC", "ExecutionTime", false),
        ("ORDER BY AKeyword DESC", "AKeyword", true),
        ("(WorkflowId = 'x') ORDER BY ADouble", "ADouble", false),
    ] {
        assert_eq!(order(query), (name.to_owned(), is_descending), "{query}");
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
        "GROUP BY WorkflowType",
        "ORDER BY RunId DESC",
        "WorkflowType = 'a' ORDER BY HistoryLength",
        "ORDER BY AText",
        "ORDER BY AKeywordList",
        "ORDER BY Customer",
        "ORDER BY StartTime, WorkflowId",
        "ORDER BY StartTime DOWN",
        "ORDER BY",
        "ORDER StartTime",
        "NOT",
        "WorkflowType = 'a' AND NOT (WorkflowId = 'b'",
        "WorkflowType NOT = 'a'",
        "WorkflowType IS 'a'",
        "CloseTime BETWEEN '2026-01-01T00:00:00Z' OR '2026-01-01T00:00:00Z'",
        "AInt = '7'",
        "AInt = 7.5",
        "AKeyword = 7",
        "ADouble = 1e999",
        "ABool > true",
        "ABool = 'true'",
        "ADatetime = 'soon'",
        "AKeywordList STARTS_WITH 'r'",
        "AText IN ('fox')",
        "ExecutionStatus > 'Running'",
        "ExecutionDuration > 'long'",
    ]
    .into_iter()
    .map(|filter| match parse(filter, &types()) {
        Err(error) => format!("{filter}\n    {error}"),
        Ok(_) => panic!("{filter} is accepted"),
    })
    .collect();
    insta::assert_snapshot!("errors", errors.join("\n"));
}

#[test]
fn deep_nesting_and_great_length_are_refused() {
    assert!(parse(&"(".repeat(1000), &types()).is_err());
    assert!(parse(&" ".repeat(10_000), &types()).is_err());
    let nested = format!("{}WorkflowId = 'x'{}", "(".repeat(64), ")".repeat(64));
    assert!(parse(&nested, &types()).is_ok());
    let negated = format!("{}WorkflowId = 'x'", "NOT ".repeat(100));
    assert!(parse(&negated, &types()).is_err());
}
