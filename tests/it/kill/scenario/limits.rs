use super::Workflows;
use crate::kill::calls::{acknowledged, returns, start};
use crate::kill::worker::QUEUE;
use crate::support::client::Client;
use serde_json::json;

/// A queue whose rate is limited, limited otherwise, and not any more, with something to do each time.
pub(in crate::kill) async fn limits(client: &Client) -> Workflows {
    let runs = ["limited", "limited-more", "free"];
    for (rate, workflow_id) in [Some(50.0), Some(20.0), None].into_iter().zip(runs) {
        let set = acknowledged(|| client.limit_rate(QUEUE, rate)).await;
        assert_eq!(set.expect("it is taken"), rate);
        start(client, "hasty_steps", workflow_id, &json!(2)).await;
        returns(client, workflow_id, json!(2)).await;
        let kept = acknowledged(|| client.rate_limit(QUEUE)).await;
        assert_eq!(kept.expect("it is told"), rate, "what was set is lost");
    }
    runs.into()
}
