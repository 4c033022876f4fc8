//! Thousands of children of one parent, through the real engine on a disk. When this was written it took two seconds of two cores,
//! and at its height less memory than it takes to compile the module (178 MB).

use crate::support::embedded::{describe, event_names, open, start};
use crate::support::patience::in_time;
use mainspring::Settings;
use mainspring_core::RunStatus;
use tempfile::TempDir;

const CHILDREN: u32 = 2_500;

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_children_of_one_parent() {
    let directory = TempDir::new().expect("there is room");
    let mainspring = open(Settings::at(directory.path())).await;
    let parent = start(&mainspring, "brood", "parent", &CHILDREN).await;
    let sum = in_time("all children are over", parent.result::<u64>()).await;
    let all: u64 = (0..u64::from(CHILDREN)).sum();
    assert_eq!(sum.expect("the parent completes"), all);

    let events = event_names(&mainspring, "parent").await;
    for kind in ["ChildInitiated", "ChildStarted", "ChildClosed"] {
        let count = events.iter().filter(|name| **name == kind).count();
        assert_eq!(count, CHILDREN as usize, "{kind}");
    }
    let parent = describe(&mainspring, "parent").await;
    assert_eq!(parent.summary.status, RunStatus::Completed);
    assert!(parent.children.is_empty(), "{} are pending", parent.children.len());
    mainspring.shut_down().await;
}
