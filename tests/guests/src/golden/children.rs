//! Workflows that have others as their children.

use std::future::IntoFuture as _;
use std::time::Duration;

use futures::future::join_all;
use mainspring_workflow::{
    Child, ChildCancellationType, Failure, ParentClosePolicy, RetryPolicy, Workflow, cancelled, sleep, wait_condition,
    workflow,
};
use serde::Deserialize;

/// A workflow that ends in the way it is told: `completes`, `fails`, `waits` for ever, is `stubborn` when it is asked to
/// cancel, `continues` as one that completes, or `tries` until its second attempt.
#[workflow]
pub(crate) async fn golden_leaf(way: String) -> Result<String, Failure> {
    match way.as_str() {
        "fails" => Err(Failure::application("Leaf", "asked to fail").with_detail(&7)),
        "waits" => {
            wait_condition(|| false).await?;
            Ok("woken".to_owned())
        }
        "stubborn" => Ok(cancelled().await),
        "continues" => golden_leaf::continue_as_new(("completes".to_owned(),)),
        "tries" if mainspring_workflow::info().attempt < 2 => Err(Failure::application("Leaf", "not yet")),
        _ => Ok("done".to_owned()),
    }
}

/// How a child is called; times are in milliseconds.
#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ChildCase {
    way: String,
    cancellation: String,
    cancel_after: Option<u64>,
    retries: bool,
    policy: String,
    leaves: bool,
}

impl Default for ChildCase {
    fn default() -> Self {
        Self {
            way: "completes".to_owned(),
            cancellation: "wait-completed".to_owned(),
            cancel_after: None,
            retries: false,
            policy: "terminate".to_owned(),
            leaves: false,
        }
    }
}

/// Has a `golden_leaf` as its child, with the workflow id `child`, and gives what it gives.
#[workflow]
pub(crate) async fn golden_parent(case: ChildCase) -> Result<Option<String>, Failure> {
    let mut child = Child::<String>::new("golden_leaf", (case.way,))
        .workflow_id("child")
        .parent_close_policy(match case.policy.as_str() {
            "abandon" => ParentClosePolicy::Abandon,
            "request-cancel" => ParentClosePolicy::RequestCancel,
            _ => ParentClosePolicy::Terminate,
        })
        .cancellation(match case.cancellation.as_str() {
            "abandon" => ChildCancellationType::Abandon,
            "try" => ChildCancellationType::TryCancel,
            "wait-requested" => ChildCancellationType::WaitCancellationRequested,
            _ => ChildCancellationType::WaitCancellationCompleted,
        });
    if case.retries {
        child = child.retry(RetryPolicy::default());
    }
    let child = child.start().await?;
    if case.leaves {
        child.detach();
        return Ok(None);
    }
    if let Some(after) = case.cancel_after {
        sleep(Duration::from_millis(after)).await?;
        child.cancel("enough");
    }
    child.result().await.map(Some)
}

/// Has so many children at once, with the workflow ids `child-0`, `child-1` …
#[workflow]
pub(crate) async fn golden_brood(n: u32) -> Result<Vec<String>, Failure> {
    let children = (0..n).map(|number| {
        Child::<String>::new("golden_leaf", ("completes",))
            .workflow_id(format!("child-{number}"))
            .into_future()
    });
    join_all(children).await.into_iter().collect()
}
