use super::Workflows;
use crate::kill::calls::{cancel, ends, happened, returns, start, start_with, terminate};
use crate::support::client::Client;
use mainspring_api::temporal::enums::v1::EventType;
use mainspring_api::temporal::enums::v1::WorkflowExecutionStatus as Status;
use serde_json::{Value, json};

/// Children that succeed, fail, cannot start, and are cancelled with their parent.
pub(in crate::kill) async fn children(client: &Client) -> Workflows {
    let calls = async |parent, workflow_type: &str, child: &str, argument: Value| {
        let arguments = [json!(workflow_type), json!(child), argument];
        start_with(client, "calls_child", parent, &arguments).await;
    };

    calls("glad", "hasty_steps", "good-child", json!(1)).await;
    returns(client, "glad", json!(1)).await;

    calls("sad", "succeeds_at", "bad-child", json!(2)).await;
    ends(client, "sad", Status::Failed).await;

    start(client, "idle", "somebody-else", &Value::Null).await;
    calls("late", "echo", "somebody-else", json!(1)).await;
    ends(client, "late", Status::Failed).await;
    terminate(client, "somebody-else").await;

    calls("tired", "sleeper", "woken-child", json!(3_600_000)).await;
    happened(client, "woken-child", EventType::TimerStarted).await;
    happened(client, "tired", EventType::ChildWorkflowExecutionStarted).await;
    cancel(client, "tired", true).await;
    ends(client, "tired", Status::Canceled).await;
    ends(client, "woken-child", Status::Canceled).await;

    vec![
        "glad",
        "good-child",
        "sad",
        "bad-child",
        "late",
        "somebody-else",
        "tired",
        "woken-child",
    ]
}

/// Children whose parents close before them.
pub(in crate::kill) async fn children_left_behind(client: &Client) -> Workflows {
    for (parent, child, policy, status) in [
        ("strict", "terminated-child", "terminate", Some(Status::Terminated)),
        ("polite", "cancelled-child", "request-cancel", Some(Status::Canceled)),
        ("careless", "abandoned-child", "abandon", None),
    ] {
        start_with(client, "leaves_child", parent, &[json!(child), json!(policy)]).await;
        returns(client, parent, Value::Null).await;
        if let Some(status) = status {
            ends(client, child, status).await;
        }
    }
    terminate(client, "abandoned-child").await;
    ends(client, "abandoned-child", Status::Terminated).await;

    vec![
        "strict",
        "terminated-child",
        "polite",
        "cancelled-child",
        "careless",
        "abandoned-child",
    ]
}

/// Children that are cancelled by their parents, in each way that there is.
pub(in crate::kill) async fn cancelled_children(client: &Client) -> Workflows {
    for (parent, child, way) in [
        ("trying", "tried-child", "try"),
        ("waiting", "awaited-child", "wait-completed"),
        ("asking", "asked-child", "wait-requested"),
        ("leaving", "left-child", "abandon"),
    ] {
        start_with(client, "cancels_child", parent, &[json!(child), json!(way)]).await;
        returns(client, parent, json!("cancelled")).await;
        if way == "abandon" {
            terminate(client, child).await;
        } else {
            ends(client, child, Status::Canceled).await;
        }
    }

    // Not the one that only asks: its child may end before it does, or after.
    vec![
        "trying",
        "tried-child",
        "waiting",
        "awaited-child",
        "asked-child",
        "leaving",
        "left-child",
    ]
}

/// Children that go on as other runs, of which their parents hear the end: continued as new, and tried again.
pub(in crate::kill) async fn children_in_chains(client: &Client) -> Workflows {
    let continued = [json!("golden_leaf"), json!("continued-child"), json!("continues")];
    start_with(client, "calls_child", "patient", &continued).await;
    returns(client, "patient", json!("done")).await;

    let retried = json!({"way": "tries", "retries": true});
    start(client, "golden_parent", "forgiving", &retried).await;
    returns(client, "forgiving", json!("done")).await;

    vec!["patient", "continued-child", "forgiving", "child"]
}
