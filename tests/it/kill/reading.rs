//! SIGKILL between two looks: what was there to be read is there, whoever asks, in the same order, and what he has read a
//! page of goes on with the next.

use super::calls::{acknowledged, answered, closed, ends, query, request, returns, signal, start, start_as, terminate};
use super::worker::QUEUE;
use crate::support::client::{Client, NAMESPACE, payloads};
use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use mainspring_api::temporal::common::v1::{Payload, SearchAttributes, WorkflowExecution};
use mainspring_api::temporal::enums::v1::{IndexedValueType as Type, WorkflowExecutionStatus as Status};
use mainspring_api::temporal::workflowservice::v1::*;
use serde_json::{Value, json};

const FILTERS: [&str; 12] = [
    "Customer = 'ann'",
    "Items > 3 AND NOT Customer = 'bob'",
    "Items BETWEEN 2 AND 4",
    "Items IN (1, 5)",
    "Customer STARTS_WITH 'a' OR (Paid = true AND Price <= 2.5)",
    "Due < '2026-01-03T00:00:00Z'",
    "Tags = 'odd'",
    "Customer IS NULL",
    "ExecutionStatus = 'Running' ORDER BY WorkflowId",
    "Items IS NOT NULL ORDER BY Items DESC",
    "CloseTime IS NOT NULL ORDER BY WorkflowId",
    "",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_and_pages_are_the_same_after_a_kill() {
    let (mut server, client) = with_guests().await;
    let types = [
        ("Customer", Type::Keyword),
        ("Due", Type::Datetime),
        ("Items", Type::Int),
        ("Paid", Type::Bool),
        ("Price", Type::Double),
        ("Tags", Type::KeywordList),
    ];
    client.add_search_attributes(&types).await.expect("they are added");
    for number in 0..6 {
        start_as(&client, carrying(number)).await;
    }
    start(&client, "echo", "carries-nothing", &Value::Null).await;
    returns(&client, "carries-nothing", Value::Null).await;
    // It cannot go on, and says why.
    start(&client, "panics", "blocked", &json!("a bug")).await;
    let task = client.poll(QUEUE).await.expect("it is answered");
    client
        .complete(&task.task_token, task.input)
        .await
        .expect("it is taken");
    is_blocked(&client, "blocked").await;

    let before = look(&client).await;
    let first = list_page(&client, "", Vec::new()).await;
    let history = history_page(&client, "carries-0", Vec::new()).await;
    server.kill();
    server.start_again().await;
    assert_eq!(look(&client).await, before);
    is_blocked(&client, "blocked").await;
    // Pages go on where they were, though something was started and something else has ended.
    terminate(&client, "carries-1").await;
    start(&client, "echo", "late", &Value::Null).await;
    let mut seen = first.0;
    let mut token = first.1;
    while !token.is_empty() {
        let (more, next) = list_page(&client, "", token).await;
        seen.extend(more);
        token = next;
    }
    assert_eq!(seen, before[FILTERS.len() - 1].1);
    let (mut events, mut token) = history;
    while !token.is_empty() {
        let (more, next) = history_page(&client, "carries-0", token).await;
        events.extend(more);
        token = next;
    }
    assert_eq!(events, (1..=events.len() as i64).collect::<Vec<_>>());
}

/// What runs tell when they are asked; and who waits for what happens next, by the token that he has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_have_the_same_answers_after_a_kill() {
    let (mut server, client) = with_guests().await;
    start(&client, "collector", "open", &json!(2)).await;
    answered(&client, "open").await;
    signal(&client, "open", "collect", &json!("a"), false).await;
    start(&client, "collector", "closed", &json!(1)).await;
    answered(&client, "closed").await;
    signal(&client, "closed", "collect", &json!("only"), true).await;
    closed(&client, "closed").await;
    answered(&client, "open").await;
    let ask = async || {
        let mut answers = Vec::new();
        for (workflow_id, name) in [
            ("open", "collected"),
            ("open", "__stack_trace"),
            ("open", "__temporal_workflow_metadata"),
            ("closed", "collected"),
            ("closed", "__temporal_workflow_metadata"),
        ] {
            answers.push(query(&client, workflow_id, name).await);
        }
        answers
    };
    let before = ask().await;
    assert_eq!((&before[0], &before[3]), (&json!(["a"]), &json!(["only"])));
    let known = client.history("open").await.expect("it is read").len();
    let waiting = next_events(&client, "open", Vec::new()).await;
    assert_eq!(waiting.0.len(), known);
    server.kill();
    server.start_again().await;
    assert_eq!(ask().await, before);
    signal(&client, "open", "collect", &json!("b"), true).await;
    let (events, _) = next_events(&client, "open", waiting.1).await;
    assert_eq!(events.first().copied(), Some(known as i64 + 1), "{events:?}");
    returns(&client, "open", json!(["a", "b"])).await;
}

/// A run that no longer does what its history says waits for a module that does, whoever dies meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_run_goes_on_under_the_mended_module_after_a_kill() {
    let (mut server, client) = with_guests().await;
    start(&client, "order_of_calls", "order", &Value::Null).await;
    let first = client.poll(QUEUE).await.expect("there is one");
    assert_eq!(first.activity_type.expect("it has one").name, "a");
    let swapped = client.push("test_guests", modules::read("test_guests_swapped")).await;
    swapped.expect("the module is taken");
    client.complete(&first.task_token, None).await.expect("it is taken");
    is_blocked(&client, "order").await;
    server.kill();
    server.start_again().await;
    is_blocked(&client, "order").await;
    let mended = client.push("test_guests", modules::read("test_guests")).await;
    mended.expect("the module is taken");
    let second = until("it goes on", async || {
        let task = client.poll(QUEUE).await.ok()?;
        (!task.task_token.is_empty()).then_some(task)
    })
    .await;
    assert_eq!(second.activity_type.expect("it has one").name, "b");
    client.complete(&second.task_token, None).await.expect("it is taken");
    ends(&client, "order", Status::Completed).await;
}

async fn with_guests() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.client();
    let pushed = client.push("test_guests", modules::read("test_guests")).await;
    pushed.expect("the module is taken");
    (server, client)
}

/// A run that carries something of each type.
fn carrying(number: u32) -> StartWorkflowExecutionRequest {
    let mut request = request("idle", &format!("carries-{number}"), &[Value::Null]);
    let customer = ["ann", "bob"][number as usize % 2];
    let tags = [["even", "all"], ["odd", "all"]][number as usize % 2];
    let values = [
        ("Customer", json!(customer)),
        ("Due", json!(format!("2026-01-0{}T00:00:00Z", number + 1))),
        ("Items", json!(number)),
        ("Paid", json!(number.is_multiple_of(3))),
        ("Price", json!(f64::from(number) / 2.0)),
        ("Tags", json!(tags)),
    ];
    request.search_attributes = Some(SearchAttributes {
        indexed_fields: values
            .into_iter()
            .map(|(name, it)| (name.to_owned(), payload(&it)))
            .collect(),
    });
    request
}

fn payload(value: &Value) -> Payload {
    payloads(value).payloads.remove(0)
}

/// What each filter finds, and how many.
async fn look(client: &Client) -> Vec<(i64, Vec<String>)> {
    let mut seen = Vec::new();
    for filter in FILTERS {
        let found = acknowledged(|| client.list(filter)).await.expect("they are listed");
        let request = CountWorkflowExecutionsRequest {
            namespace: NAMESPACE.into(),
            query: filter.split(" ORDER BY").next().unwrap_or_default().into(),
        };
        let counted = client.workflows.clone().count_workflow_executions(request).await;
        seen.push((counted.expect("they are counted").into_inner().count, found));
    }
    let request = CountWorkflowExecutionsRequest {
        namespace: NAMESPACE.into(),
        query: "GROUP BY ExecutionStatus".into(),
    };
    let counted = client.workflows.clone().count_workflow_executions(request).await;
    let groups = counted.expect("they are counted").into_inner().groups;
    seen.extend(
        groups
            .into_iter()
            .map(|group| (group.count, vec![format!("{:?}", group.group_values)])),
    );
    // All that there are stand last among the filters, and something is found by each.
    assert!(
        seen.iter().all(|(count, found)| *count > 0 && !found.is_empty()),
        "{seen:?}"
    );
    seen
}

/// In lists and descriptions.
async fn is_blocked(client: &Client, workflow_id: &str) {
    until("it is blocked", async || {
        let described = client.describe(workflow_id).await.ok()?;
        let memo = described.workflow_execution_info?.memo?;
        memo.fields.contains_key("mainspring.blocked").then_some(())
    })
    .await;
}

async fn list_page(client: &Client, query: &str, token: Vec<u8>) -> (Vec<String>, Vec<u8>) {
    let request = ListWorkflowExecutionsRequest {
        namespace: NAMESPACE.into(),
        query: query.into(),
        page_size: 2,
        next_page_token: token,
    };
    let page = client.workflows.clone().list_workflow_executions(request).await;
    let page = page.expect("they are listed").into_inner();
    let ids = page
        .executions
        .into_iter()
        .filter_map(|run| Some(run.execution?.workflow_id));
    (ids.collect(), page.next_page_token)
}

async fn history_page(client: &Client, workflow_id: &str, token: Vec<u8>) -> (Vec<i64>, Vec<u8>) {
    read(client, workflow_id, token, 2, false).await
}

/// Waits for events after those that the token stands for.
async fn next_events(client: &Client, workflow_id: &str, token: Vec<u8>) -> (Vec<i64>, Vec<u8>) {
    read(client, workflow_id, token, 0, true).await
}

async fn read(client: &Client, workflow_id: &str, token: Vec<u8>, size: i32, waits: bool) -> (Vec<i64>, Vec<u8>) {
    let request = GetWorkflowExecutionHistoryRequest {
        namespace: NAMESPACE.into(),
        execution: Some(WorkflowExecution {
            workflow_id: workflow_id.into(),
            ..Default::default()
        }),
        maximum_page_size: size,
        next_page_token: token,
        wait_new_event: waits,
        ..Default::default()
    };
    let read = client.workflows.clone().get_workflow_execution_history(request).await;
    let read = read.expect("it is read").into_inner();
    let events = read.history.map(|it| it.events).unwrap_or_default();
    (
        events.iter().map(|event| event.event_id).collect(),
        read.next_page_token,
    )
}
