//! What operators set by the command line, across SIGKILL.

use super::calls::{closed, request, start, start_as};
use super::worker::QUEUE;
use crate::support::client::{Client, value};
use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use mainspring_api::temporal::common::v1::Priority;
use mainspring_api::temporal::workflowservice::v1::PollActivityTaskQueueResponse;
use serde_json::{Value, json};

/// Runs a command that succeeds, and reads what it prints, if that is JSON.
fn command(server: &Server, arguments: &[&str]) -> Value {
    let output = server.command(&[arguments, &["--output", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// A command's exit code and what it says, if it fails.
fn refusal(server: &Server, arguments: &[&str]) -> (Option<i32>, String) {
    let output = server.command(arguments);
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

async fn server() -> Server {
    let server = Server::start().await;
    let pushed = server.client().push("test_guests", modules::read("test_guests")).await;
    pushed.expect("the module is taken");
    server
}

async fn poll(server: &Server) -> Option<PollActivityTaskQueueResponse> {
    let polled = server.client().poll(QUEUE).await.expect("it is answered");
    Some(polled).filter(|task| !task.task_token.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_pauses_hold_after_a_kill() {
    let mut server = server().await;
    let set = [
        "--rate",
        "100",
        "--key-rate",
        "none",
        "--concurrency",
        "1",
        "--weight",
        "a=2",
    ];
    command(&server, &[&["task-queue", "set", QUEUE][..], &set].concat());
    command(
        &server,
        &["task-queue", "pause", QUEUE, "--reason", "the bank is closed"],
    );
    command(&server, &["workflow-type", "pause", "echo", "--reason", "too loud"]);
    let client = server.client();
    start(&client, "steps", "first", &json!(1)).await;
    start(&client, "steps", "second", &json!(1)).await;
    start(&client, "echo", "silent", &json!("hello")).await;

    server.kill();
    server.start_again().await;

    until("both steps wait again", async || {
        let queue = command(&server, &["task-queue", "describe", QUEUE]);
        (queue["waiting"] == json!({"3": "2"})).then_some(())
    })
    .await;
    let queue = command(&server, &["task-queue", "describe", QUEUE]);
    assert_eq!((&queue["rate"], &queue["concurrency"]), (&json!(100.0), &json!(1)));
    assert_eq!((&queue["weights"], queue.get("keyRate")), (&json!({"a": 2.0}), None));
    assert_eq!(queue["pause"]["reason"], "the bank is closed");
    assert_eq!(poll(&server).await, None);
    let types = command(&server, &["workflow-type", "list"]);
    let paused = types
        .as_array()
        .expect("a list")
        .iter()
        .filter(|it| it.get("pause").is_some());
    let paused: Vec<_> = paused.map(|it| (&it["name"], &it["pause"]["reason"])).collect();
    assert_eq!(paused, [(&json!("echo"), &json!("too loud"))]);
    let described = server.command(&["workflow", "describe", "silent"]);
    let described = String::from_utf8_lossy(&described.stdout).into_owned();
    assert!(
        described.contains("Its type is paused") && described.contains("too loud"),
        "{described}"
    );

    command(&server, &["workflow-type", "resume", "echo"]);
    assert_eq!(closed(&client, "silent").await, json!("hello"));
    command(&server, &["task-queue", "resume", QUEUE]);
    let task = poll(&server).await.expect("one may run");
    assert_eq!(poll(&server).await, None);

    // The worker has it still, so there is no room for another.
    server.kill();
    server.start_again().await;
    assert_eq!(poll(&server).await, None);
    client
        .complete(&task.task_token, task.input)
        .await
        .expect("it is taken");
    let task = poll(&server).await.expect("now there is");
    client
        .complete(&task.task_token, task.input)
        .await
        .expect("it is taken");
    for workflow_id in ["first", "second"] {
        assert_eq!(closed(&client, workflow_id).await, json!(1));
    }
    let none = ["--rate", "none", "--concurrency", "none", "--weight", "a=none"];
    let queue = command(&server, &[&["task-queue", "set", QUEUE][..], &none].concat());
    let is_set = ["rate", "concurrency", "pause"].map(|field| queue.get(field).is_some());
    assert_eq!((is_set, queue.get("weights")), ([false; 3], None), "{queue}");
}

/// Priorities, and shares of those of one priority, are of the activities: a queue that is made anew has the same order.
#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_a_queue_is_the_same_after_a_kill() {
    let mut server = server().await;
    let client = server.client();
    let tenants = [
        ("loud", 1),
        ("loud", 2),
        ("loud", 3),
        ("loud", 4),
        ("quiet", 5),
        ("quiet", 6),
    ];
    for (tenant, number) in tenants {
        start_of(&client, number, 3, tenant).await;
    }
    start_of(&client, 7, 5, "").await;
    start_of(&client, 8, 1, "").await;
    let mut order = Vec::new();
    for left in (1..=8_u32).rev() {
        if left.is_multiple_of(3) {
            server.kill();
            server.start_again().await;
        }
        until("all others wait", async || {
            let waiting = command(&server, &["task-queue", "describe", QUEUE])["waiting"].clone();
            let waiting = waiting
                .as_object()?
                .values()
                .filter_map(|it| it.as_str()?.parse::<u32>().ok());
            (waiting.sum::<u32>() == left).then_some(())
        })
        .await;
        let task = poll(&server).await.expect("there is one");
        order.push(value(task.input.as_ref()));
        client
            .complete(&task.task_token, task.input)
            .await
            .expect("it is taken");
    }
    // The urgent one first, the one that can wait last; in between the tenants take turns as long as both have something.
    assert_eq!((&order[0], &order[7]), (&json!(8), &json!(7)), "{order:?}");
    // Which of a tenant's comes first is not said: runs that began in the same millisecond are offered anew in any order.
    let quiet = order.iter().position(|number| [json!(5), json!(6)].contains(number));
    assert!(quiet.is_some_and(|at| at <= 3), "{order:?}");
    for number in 1..=8 {
        assert_eq!(closed(&client, &format!("ranked-{number}")).await, json!(number));
    }
}

/// A workflow whose one activity has that place.
async fn start_of(client: &Client, number: u32, priority: i32, tenant: &str) {
    let arguments = [json!("noop"), json!(number), json!(1)];
    let mut request = request("call", &format!("ranked-{number}"), &arguments);
    request.priority = Some(Priority {
        priority_key: priority,
        fairness_key: tenant.into(),
        ..Default::default()
    });
    start_as(client, request).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_refused_with_advice() {
    let server = server().await;
    let (code, said) = refusal(&server, &["workflow-type", "pause", "no-such-type"]);
    assert!(code == Some(3) && said.contains("it has "), "{code:?} {said}");
    let (code, said) = refusal(&server, &["task-queue", "set", QUEUE, "--concurrency", "1.5"]);
    assert!(said.contains("must be a whole number"), "{code:?} {said}");
    let key = format!("{}=1", "k".repeat(65));
    let (code, said) = refusal(&server, &["task-queue", "set", QUEUE, "--weight", &key]);
    assert!(said.contains("64 bytes"), "{code:?} {said}");
    let (code, said) = refusal(&server, &["task-queue", "list", "--namespace", "nowhere"]);
    assert!(said.contains("nowhere is not found"), "{code:?} {said}");
}
