//! SIGKILL while a thousand children of one parent start, end and tell: each is there once, and each is heard once.

use super::calls::{event_types, returns, start};
use crate::support::modules;
use crate::support::server::Server;
use mainspring_api::temporal::enums::v1::EventType;
use serde_json::json;
use std::time::Duration;

const SEED: u64 = 3;
const CHILDREN: u32 = 1_000;
const KILLS: u32 = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_children_start_once_and_are_heard_once() {
    let mut server = Server::start().await;
    let client = server.client();
    let pushed = client.push("test_guests", modules::read("test_guests")).await;
    pushed.expect("the module is taken");
    start(&client, "brood", "parent", &json!(CHILDREN)).await;
    let mut moments = fastrand::Rng::with_seed(SEED);
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(moments.u64(20..200))).await;
        server.kill();
        server.start_again().await;
    }
    let sum: u64 = (0..u64::from(CHILDREN)).sum();
    returns(&client, "parent", json!(sum)).await;
    let history = event_types(&client, "parent").await;
    for kind in [
        EventType::StartChildWorkflowExecutionInitiated,
        EventType::ChildWorkflowExecutionStarted,
        EventType::ChildWorkflowExecutionCompleted,
    ] {
        let count = history.iter().filter(|it| **it == kind).count();
        assert_eq!(count, CHILDREN as usize, "{kind:?}");
    }
    let counted = server.command(&["workflow", "count", "--output", "json"]);
    let counted = String::from_utf8_lossy(&counted.stdout).into_owned();
    // And their parent.
    assert!(
        counted.contains(&format!("\"count\": \"{}\"", CHILDREN + 1)),
        "{counted}"
    );
}
