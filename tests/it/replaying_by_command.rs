//! Whether a module does what histories say, as the command line tells.

use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use serde_json::{Value, json};
use std::process::Output;

#[track_caller]
fn said(output: &Output, code: i32) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    let said = format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

/// A server with a run that has asked for its first activity, `a`.
async fn with_a_run() -> Server {
    let server = Server::start().await;
    let file = modules::read("test_guests");
    server.client().push("test_guests", file).await.expect("it is taken");
    let start = ["workflow", "start", "-t", "order_of_calls", "-q", "work", "-w", "run-1"];
    said(&server.command(&start), 0);
    until("it has asked for its activity", async || {
        let shown = said(&server.command(&["workflow", "show", "run-1", "--output", "json"]), 0);
        shown.contains("ACTIVITY_TASK_SCHEDULED").then_some(())
    })
    .await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_history_tells_which_modules_go_on_with_it() {
    let server = with_a_run().await;
    let file = server.data().join("history.json");
    let file = file.to_str().expect("the path is text");
    said(&server.command(&["workflow", "export", "run-1", "--out", file]), 0);
    let (same, changed) = (modules::path("test_guests"), modules::path("test_guests_swapped"));
    let replay = |module: &std::path::Path, more: &[&str]| {
        let module = module.to_str().expect("the path is text").to_owned();
        server.command(&[&["replay", "--module", &module], more].concat())
    };

    let told = said(&replay(&same, &[file, "--workflow-id", "run-1"]), 0);
    assert_eq!(told.matches("compatible run-1  order_of_calls").count(), 2, "{told}");

    let told = said(&replay(&changed, &[file]), 6);
    let compared = "at event 3\n  recorded: ActivityScheduled\n  asked:    ActivityScheduled\n    operation: recorded 1, \
                    asked 1\n  ≠ activity type: recorded a, asked b\n";
    assert!(
        told.starts_with("not compatible run-1") && told.contains(compared),
        "{told}"
    );

    let told: Value = serde_json::from_str(&said(&replay(&changed, &[file, "--output", "json"]), 6)).expect("JSON");
    assert_eq!(told[0]["compatible"], json!(false));
    let mismatch = &told[0]["divergence"]["mismatch"];
    assert_eq!(mismatch["event"], json!(3));
    let field = json!({ "name": "activity type", "recorded": "a", "asked": "b" });
    assert_eq!(mismatch["fields"][1], field, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_history_is_refused() {
    let server = with_a_run().await;
    let module = modules::path("test_guests");
    let module = module.to_str().expect("the path is text");
    let replay = |content: &str, code: i32| {
        let file = server.data().join("file.json");
        std::fs::write(&file, content).expect("there is room");
        let file = file.to_str().expect("the path is text");
        said(&server.command(&["replay", "--module", module, file]), code)
    };
    let shown = server.command(&["workflow", "show", "run-1", "--output", "json"]);
    let told = replay(&said(&shown, 0), 5);
    assert!(told.contains("mainspring workflow export"), "{told}");
    assert!(replay("{}", 5).contains("is no history"));
    assert!(replay("no JSON", 1).contains("no JSON"));
    assert!(replay(r#"{ "format": "mainspring-history/999" }"#, 5).contains("another format"));
    said(&server.command(&["replay", "--module", module, "no-such-file.json"]), 3);
    said(&server.command(&["replay", "--module", module, "-w", "unknown"]), 3);
    said(&server.command(&["replay", "--module", module]), 64);
}
