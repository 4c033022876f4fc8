//! Polls for tasks whose worker goes away.

use crate::support::embedded::{QUEUE, describe, open, start};
use crate::support::patience::{in_time, until};
use mainspring::{Mainspring, Settings};
use std::time::Duration;

const ROUNDS: u32 = 5;

/// Its task was durable and sent, and nobody received it. The attempt does not have to wait for its timeout.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_was_sent_to_a_poll_that_is_gone_is_offered_again_at_once() {
    let mainspring = open(Settings::ephemeral()).await;
    let mut unseen = 0;
    for round in 1.. {
        let workflow_id = format!("order-{round}");
        let mut gone = Box::pin(mainspring.engine().poll_activity("default", QUEUE, "gone", None));
        assert!(futures::poll!(gone.as_mut()).is_pending());
        start(&mainspring, "order_of_calls", &workflow_id, &()).await;
        until("the poll is given the offer", async || {
            let queue = mainspring.engine().describe_queue("default", QUEUE);
            (queue.running == 1).then_some(())
        })
        .await;
        // Now it asks for the task, and never sees the answer, unless that is there before it can look away.
        if futures::poll!(gone.as_mut()).is_ready() {
            end(&mainspring, &workflow_id).await;
            continue;
        }
        until("the attempt has begun", async || {
            is_begun(&mainspring, &workflow_id).await
        })
        .await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(gone);

        let again = mainspring.engine().poll_activity("default", QUEUE, "the test", None);
        let task = in_time("it is offered again", again).await.expect("the engine runs");
        assert_eq!(
            (task.target().execution.workflow_id.as_str(), task.attempt),
            (workflow_id.as_str(), 1)
        );
        end(&mainspring, &workflow_id).await;
        unseen += 1;
        if unseen == ROUNDS {
            break;
        }
    }
}

async fn end(mainspring: &Mainspring, workflow_id: &str) {
    let run = mainspring.handle(workflow_id);
    run.terminate("the round is over").await.expect("it is terminated");
    until("nobody has the attempt any more", async || {
        let queue = mainspring.engine().describe_queue("default", QUEUE);
        (queue.running == 0).then_some(())
    })
    .await;
}

async fn is_begun(mainspring: &Mainspring, workflow_id: &str) -> Option<()> {
    let run = describe(mainspring, workflow_id).await;
    let mut attempts = run.activities.iter().map(|activity| &activity.attempt);
    attempts.any(|attempt| attempt.started().is_some()).then_some(())
}
