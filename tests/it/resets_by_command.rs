//! Resets as the command line asks for them: to the beginning, to the last step, to an event.

use crate::support::modules;
use crate::support::server::Server;
use serde_json::{Value, json};
use std::process::Output;

const WORKFLOW: &str = "greeting";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_reset_to_where_it_is_told() {
    let server = Server::start().await;
    let client = server.client();
    let pushed = client.push("test_guests", modules::read("test_guests")).await;
    pushed.expect("the module is taken");
    let start = [
        "start",
        "--type",
        "echo",
        "--task-queue",
        "work",
        "--workflow-id",
        WORKFLOW,
    ];
    let started = workflow(&server, &[&start[..], &["--input", "1", "--wait"]].concat());
    assert_eq!(started.status.code(), Some(0), "{started:?}");

    let mut runs = vec![current_run(&server)];
    for point in [["--to", "first"], ["--to", "last"], ["--event-id", "3"]] {
        let options = [
            "--reason",
            "a mistake",
            "--exclude",
            "signals,updates",
            "--output",
            "json",
        ];
        let reset = workflow(&server, &[&["reset", WORKFLOW][..], &point, &options].concat());
        assert_eq!(reset.status.code(), Some(0), "{reset:?}");
        let result = workflow(&server, &["result", WORKFLOW, "--output", "json"]);
        assert_eq!(result.status.code(), Some(0), "{result:?}");
        let run = current_run(&server);
        assert_eq!(answer(&reset), json!({"workflowId": WORKFLOW, "runId": run}));
        assert!(!runs.contains(&run), "{run} is a run that was there before");
        runs.push(run);
    }

    let refused = workflow(&server, &["reset", WORKFLOW, "--event-id", "1"]);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("event 1 is not where a workflow task"), "{said}");
    let nobody = workflow(&server, &["reset", "nobody", "--to", "first"]);
    assert_eq!(nobody.status.code(), Some(3), "{nobody:?}");
    let nowhere = workflow(&server, &["reset", WORKFLOW]);
    assert_eq!(nowhere.status.code(), Some(64), "{nowhere:?}");
}

fn workflow(server: &Server, arguments: &[&str]) -> Output {
    server.command(&[&["workflow"], arguments].concat())
}

fn current_run(server: &Server) -> Value {
    let described = workflow(server, &["describe", WORKFLOW, "--output", "json"]);
    answer(&described)["workflowExecutionInfo"]["execution"]["runId"].clone()
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}
