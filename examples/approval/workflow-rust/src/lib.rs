//! An order that somebody has to approve within a week.

use std::time::Duration;

use mainspring_workflow::{Failure, State, activities, export, timeout, workflow};
use serde::{Deserialize, Serialize};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// The `approve` signal's argument.
#[derive(Serialize, Deserialize)]
struct Approval {
    approver: String,
}

/// How it was decided.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decision {
    order_id: String,
    approved: bool,
    approver: Option<String>,
}

#[activities(
    rename_all = "camelCase",
    start_to_close = "30s",
    retry(initial = "1s", coefficient = 2.0)
)]
trait Shop {
    async fn cancel_order(order_id: &str) -> Result<(), Failure>;
}

#[derive(Default)]
enum ApproveOrder {
    #[default]
    Waiting,
    Approved {
        approver: String,
    },
    Cancelled,
}

/// Waits up to seven days for somebody to approve an order, and cancels the order otherwise.
#[workflow(name = "approveOrder")]
impl ApproveOrder {
    #[run]
    async fn run(this: State<Self>, order_id: String) -> Result<Decision, Failure> {
        let decided = timeout(WEEK, this.until(|order| order.approver().map(str::to_owned))).await;
        if !matches!(decided, Ok(Some(_))) {
            this.write(|order| *order = Self::Cancelled);
            Shop::cancel_order(&order_id).await?;
        }
        // An error here is a request to cancel the run, which cancels the order too.
        let approver = decided?;
        Ok(Decision {
            order_id,
            approved: approver.is_some(),
            approver,
        })
    }

    /// Approves the order. The first one counts; it comes too late when the week is over.
    #[signal]
    fn approve(&mut self, approval: Approval) {
        if let Self::Waiting = self {
            *self = Self::Approved {
                approver: approval.approver,
            };
        }
    }

    /// `waiting`, `approved by …` or `cancelled`.
    #[query]
    fn status(&self) -> String {
        match self {
            Self::Waiting => "waiting".to_owned(),
            Self::Approved { approver } => format!("approved by {approver}"),
            Self::Cancelled => "cancelled".to_owned(),
        }
    }

    fn approver(&self) -> Option<&str> {
        match self {
            Self::Approved { approver } => Some(approver),
            Self::Waiting | Self::Cancelled => None,
        }
    }
}

export!(ApproveOrder);

#[cfg(test)]
mod tests {
    use mainspring_workflow::testing::TestRun;

    use super::*;

    fn waiting() -> TestRun {
        let mut run = TestRun::start::<ApproveOrder>(("o-1".to_owned(),));
        assert_eq!(run.commands(), ["1: timer 604800000 ms"]);
        assert_eq!(status(&run), "waiting");
        run
    }

    fn status(run: &TestRun) -> String {
        run.query("status", ()).unwrap()
    }

    #[test]
    fn approved() {
        let mut run = waiting();
        run.signal(
            "approve",
            (Approval {
                approver: "Grace".to_owned(),
            },),
        );
        assert_eq!(status(&run), "approved by Grace");
        assert_eq!(
            run.commands(),
            [
                "cancel 1",
                r#"complete {"orderId":"o-1","approved":true,"approver":"Grace"}"#
            ]
        );
    }

    #[test]
    fn nobody_approves() {
        let mut run = waiting();
        run.fire(1);
        run.signal(
            "approve",
            (Approval {
                approver: "Late".to_owned(),
            },),
        );
        assert_eq!(status(&run), "cancelled");
        run.complete(2, &());
        assert_eq!(
            run.commands(),
            [
                r#"2: activity cancelOrder "o-1""#,
                r#"complete {"orderId":"o-1","approved":false,"approver":null}"#
            ]
        );
    }

    #[test]
    fn a_cancelled_run_cancels_the_order() {
        let mut run = waiting();
        run.request_cancel("the shop closes");
        run.complete(2, &());
        assert_eq!(
            run.commands(),
            ["cancel 1", r#"2: activity cancelOrder "o-1""#, "cancelled"]
        );
    }
}
