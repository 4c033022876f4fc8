//! One thing done to many workflows, as the command line does it.

use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use serde_json::Value;
use std::process::Output;

#[track_caller]
fn said(output: &Output, code: i32) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    let said = format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn many_workflows_are_acted_on_by_a_filter() {
    const ALL: &str = "WorkflowType = 'collector'";
    let server = Server::start().await;
    let client = server.client();
    client
        .push("test_guests", modules::read("test_guests"))
        .await
        .expect("the module is taken");
    for number in 0..3 {
        let id = format!("collector-{number}");
        let start = [
            "workflow",
            "start",
            "-t",
            "collector",
            "-q",
            "work",
            "-i",
            "2",
            "-w",
            &id,
        ];
        said(&server.command(&start), 0);
    }
    let perform = async |command: &[&str]| {
        let command = [&["workflow"], command, &["--query", ALL, "--output", "json"]].concat();
        let started: Value = serde_json::from_str(&said(&server.command(&command), 0)).expect("it is JSON");
        let job_id = started["jobId"].as_str().expect("it has an id").to_owned();
        until("it is over", async || {
            let described = server.command(&["batch", "describe", &job_id]);
            said(&described, 0).contains("completed").then_some(())
        })
        .await;
        let described = said(&server.command(&["batch", "describe", &job_id]), 0);
        assert!(described.contains("3 of 3"), "{described}");
        assert!(said(&server.command(&["batch", "list"]), 0).contains(&job_id));
        let stopped = said(&server.command(&["batch", "stop", &job_id]), 3);
        assert!(stopped.contains("over already"), "{stopped}");
    };
    perform(&["signal", "--name", "collect", "--input", "\"one\""]).await;
    let collected = server.command(&["workflow", "query", "collector-1", "--name", "collected"]);
    assert!(said(&collected, 0).contains("one"));
    perform(&["terminate", "--reason", "it is tested"]).await;
    perform(&["delete"]).await;
    assert_eq!(said(&server.command(&["workflow", "count"]), 0), "0\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_refused() {
    let server = Server::start().await;
    let malformed = server.command(&["workflow", "cancel", "--query", "WorkflowType = "]);
    assert!(said(&malformed, 5).contains("at character 16"));
    // Both, neither, and what belongs to the other.
    for command in [
        &["workflow", "cancel", "one", "--query", "WorkflowType = 'a'"][..],
        &["workflow", "cancel"],
        &["workflow", "cancel", "one", "--per-second", "3"],
        &["workflow", "cancel", "--run-id", "x", "--query", "WorkflowType = 'a'"],
    ] {
        said(&server.command(command), 64);
    }
    said(&server.command(&["batch", "describe", "unknown"]), 3);
    said(&server.command(&["batch", "stop", "unknown"]), 3);
}
