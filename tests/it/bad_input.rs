//! What cannot be done is refused with words that help, and costs nothing.

use crate::support::client::{Client, NAMESPACE, start_request};
use crate::support::modules;
use crate::support::patience::{in_time, until};
use crate::support::ports::free_address;
use crate::support::server::{Server, command_on};
use bytes::Bytes;
use mainspring_api::limits::PAYLOADS_BYTES_MAX;
use mainspring_api::modules::ListModulesRequest;
use mainspring_api::temporal::enums::v1::PendingActivityState;
use mainspring_api::temporal::workflowservice::v1::PollActivityTaskQueueResponse;
use redb::{Database, TableDefinition};
use serde_json::{Value, json};
use std::process::Output;
use tonic::{Code, Status};

const QUEUE: &str = "work";

/// The exit codes of the program; see `mainspring --help`.
mod exit {
    pub(super) const NOT_FOUND: i32 = 3;
    pub(super) const REFUSED: i32 = 5;
    pub(super) const ADDRESS_IN_USE: i32 = 10;
    pub(super) const DIRECTORY_IN_USE: i32 = 11;
    pub(super) const DIRECTORY_NEWER: i32 = 13;
}

/// The program ended with that code, and said these words.
#[track_caller]
fn check_output(output: &Output, code: i32, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in: {said}");
    }
}

/// The server refused with that code, and said these words.
#[track_caller]
fn check_status<T: std::fmt::Debug>(refused: Result<T, Status>, code: Code, words: &[&str]) {
    let status = refused.expect_err("it is refused");
    assert_eq!(status.code(), code, "{status}");
    for word in words {
        assert!(
            status.message().contains(word),
            "{word:?} is missing in: {}",
            status.message()
        );
    }
}

async fn with_guests() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.client();
    client
        .push("test_guests", modules::read("test_guests"))
        .await
        .expect("the module is taken");
    (server, client)
}

async fn start(client: &Client, workflow_type: &str, workflow_id: &str, argument: Value) -> Result<String, Status> {
    client
        .start(start_request(workflow_type, workflow_id, QUEUE, &argument))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_directory() {
    let server = Server::start().await;
    let second = command_on(&server.data(), free_address(), free_address())
        .output()
        .expect("the program runs");
    check_output(&second, exit::DIRECTORY_IN_USE, &[&server.data().display().to_string()]);
    assert!(server.client().answers().await, "the first one must not notice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use() {
    let server = Server::start().await;
    let data = tempfile::TempDir::new().expect("there is room");
    let second = command_on(data.path(), server.grpc(), free_address())
        .output()
        .expect("the program runs");
    check_output(
        &second,
        exit::ADDRESS_IN_USE,
        &[&server.grpc().to_string(), "--grpc-address"],
    );
    let left = std::fs::read_dir(data.path()).expect("it can be read").count();
    assert_eq!(left, 0, "a server that did not start leaves nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_a_newer_version_wrote() {
    const META: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("meta");
    let mut server = Server::start().await;
    server.kill();
    let database = Database::open(server.data().join("journal.redb")).expect("it is a database");
    let transaction = database.begin_write().expect("it can be written");
    let mut meta = transaction.open_table(META).expect("it has the table");
    meta.insert(&b"layout_version"[..], &99u64.to_be_bytes()[..])
        .expect("it can be written");
    drop(meta);
    transaction.commit().expect("it can be written");
    drop(database);

    let refused = command_on(&server.data(), free_address(), free_address())
        .output()
        .expect("the program runs");
    check_output(
        &refused,
        exit::DIRECTORY_NEWER,
        &["layout version 99", "install a newer one"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_that_are_none() {
    let server = Server::start().await;
    let client = server.client();
    let text = |wat: &str| Bytes::from(wat::parse_str(wat).expect("valid text"));
    let with_clock =
        r#"(component (import "wasi:clocks/monotonic-clock@0.2.0" (instance (export "now" (func (result u64))))))"#;
    let cases: [(Bytes, &[&str]); 5] = [
        (Bytes::from_static(b"#!/bin/sh\n"), &["no WebAssembly", ".wasm"]),
        (text(with_clock), &["wasi:clocks", "may import nothing but"]),
        (text("(component)"), &["exports no `mainspring:workflow/guest`"]),
        (text("(module)"), &["not built with a Mainspring SDK"]),
        (modules::read("test_guests").slice(..1000), &["damaged"]),
    ];
    for (file, words) in cases {
        check_status(client.push("bad", file).await, Code::InvalidArgument, words);
    }
    let listed = client
        .modules
        .clone()
        .list_modules(ListModulesRequest {
            namespace: NAMESPACE.into(),
        })
        .await;
    assert_eq!(
        listed.expect("it answers").into_inner().modules,
        [],
        "nothing of them is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_of_200_megabytes() {
    let server = Server::start().await;
    let pushed = in_time(
        "it is refused",
        server.client().push("big", Bytes::from(vec![0; 200 << 20])),
    )
    .await;
    check_status(pushed, Code::InvalidArgument, &["limit"]);
    assert!(server.client().answers().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_the_same() {
    let (server, _) = with_guests().await;
    let file = server.data().join("no-module");
    std::fs::write(&file, "#!/bin/sh\n").expect("there is room");
    let file = file.display().to_string();
    check_output(
        &server.command(&["module", "push", &file]),
        exit::REFUSED,
        &["no WebAssembly"],
    );
    check_output(
        &server.command(&["module", "push", "/no/such/file.wasm"]),
        exit::NOT_FOUND,
        &["/no/such/file.wasm"],
    );
    check_output(
        &server.command(&["module", "list", "--namespace", "nobody"]),
        exit::NOT_FOUND,
        &["nobody"],
    );
    check_output(
        &server.command(&["workflow", "describe", "nothing"]),
        exit::NOT_FOUND,
        &["\"nothing\" was not found"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_that_cannot_be() {
    let (_server, client) = with_guests().await;
    let unknown = start(&client, "no_such_workflow", "it", json!(1)).await;
    check_status(unknown, Code::NotFound, &["no_such_workflow", "it has ", "call"]);

    let mut elsewhere = start_request("steps", "it", QUEUE, &json!(1));
    elsewhere.namespace = "nobody".into();
    check_status(client.start(elsewhere).await, Code::NotFound, &["nobody"]);

    for workflow_id in [String::new(), "x".repeat(2000), "a\nb".into()] {
        check_status(
            start(&client, "steps", &workflow_id, json!(1)).await,
            Code::InvalidArgument,
            &["workflow_id"],
        );
    }
    let large = json!("x".repeat(PAYLOADS_BYTES_MAX));
    check_status(
        start(&client, "steps", "it", large).await,
        Code::InvalidArgument,
        &["input", "pass a reference"],
    );

    // None of them has left anything.
    check_status(client.describe("it").await, Code::NotFound, &["\"it\" was not found"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_answer_wrongly() {
    let (_server, client) = with_guests().await;
    start(&client, "steps", "it", json!(2)).await.expect("it is started");
    let first = task(&client).await;

    let mut forged = first.task_token.clone();
    *forged.last_mut().expect("a token is not empty") ^= 1;
    for token in [forged, b"nonsense".to_vec(), Vec::new()] {
        check_status(
            client.complete(&token, None).await,
            Code::InvalidArgument,
            &["not issued by this server"],
        );
    }

    client
        .complete(&first.task_token, first.input.clone())
        .await
        .expect("the right token is taken");
    // Twice, and after the activity is over; the second answer changes nothing.
    check_status(
        client.complete(&first.task_token, None).await,
        Code::NotFound,
        &["over"],
    );

    let second = task(&client).await;
    assert_eq!(second.attempt, 1);
    client
        .complete(&second.task_token, second.input.clone())
        .await
        .expect("the right token is taken");
    until("it is closed", async || {
        client.describe("it").await.ok()?.workflow_execution_info?.close_time
    })
    .await;
    check_status(client.complete(&second.task_token, None).await, Code::NotFound, &[]);
}

async fn task(client: &Client) -> PollActivityTaskQueueResponse {
    until("there is a task", async || {
        let polled = client.poll(QUEUE).await.expect("it answers");
        (!polled.task_token.is_empty()).then_some(polled)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poller_that_goes_away_loses_nothing() {
    let (_server, client) = with_guests().await;
    // It waits, and is gone before anything comes.
    let gone = client.clone();
    let poller = tokio::spawn(async move { gone.poll(QUEUE).await });
    tokio::task::yield_now().await;
    poller.abort();
    start(&client, "steps", "it", json!(1)).await.expect("it is started");
    assert_eq!(task(&client).await.attempt, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_nobody_polls() {
    let (server, client) = with_guests().await;
    start(&client, "steps", "it", json!(1)).await.expect("it is accepted");
    let described = client.describe("it").await.expect("it is known");
    let [pending] = described.pending_activities.as_slice() else {
        panic!("one activity: {described:?}")
    };
    assert_eq!(pending.state(), PendingActivityState::Scheduled);
    let hint = pending
        .last_failure
        .as_ref()
        .map(|it| it.message.clone())
        .unwrap_or_default();
    assert!(
        hint.starts_with("no worker has polled task queue \"work\" since "),
        "{hint}"
    );
    let shown = server.command(&["workflow", "describe", "it"]);
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("no worker has polled task queue \"work\""), "{shown}");
}
