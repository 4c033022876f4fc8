//! Updates as the command line sends them: the answer, the refusal, and the same one again.

use crate::support::modules;
use crate::support::server::Server;
use serde_json::{Value, json};
use std::process::Output;

const UPDATE: [&str; 7] = ["workflow", "update", "counts", "--name", "add", "--output", "json"];

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_answered_once() {
    let server = Server::start().await;
    let client = server.client();
    client
        .push("test_guests", modules::read("test_guests"))
        .await
        .expect("the module is taken");
    let started = server.command(&[
        "workflow",
        "start",
        "--type",
        "counter",
        "--task-queue",
        "work",
        "--workflow-id",
        "counts",
    ]);
    assert_eq!(started.status.code(), Some(0), "{started:?}");

    // The second has the first one's id: it is told what that came to.
    for _ in 0..2 {
        let added = server.command(&[&UPDATE[..], &["--input", "2", "--update-id", "first"]].concat());
        assert_eq!(added.status.code(), Some(0), "{added:?}");
        assert_eq!(
            answer(&added),
            json!({"updateId": "first", "result": 2, "failure": null})
        );
    }
    let refused = server.command(&[&UPDATE[..], &["--input", "0"]].concat());
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert_eq!(answer(&refused)["result"], Value::Null);
    assert!(answer(&refused)["failure"]["message"].is_string(), "{refused:?}");
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}
