//! Sends a reminder when its time has come.

use std::time::Duration;

use mainspring_workflow::{Failure, activities, export, sleep, workflow};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What workflows cannot do themselves; `activities/worker.py` does it.
#[activities(start_to_close = "30s", retry(initial = "1s", coefficient = 2.0))]
trait Post {
    async fn send_reminder(whom: &str) -> Result<String, Failure>;
}

/// Waits for a day, and reminds somebody then.
#[workflow]
async fn remind(whom: String) -> Result<String, Failure> {
    sleep(DAY).await?;
    Post::send_reminder(&whom).await
}

export!(remind);

#[cfg(test)]
mod tests {
    use mainspring_workflow::testing::TestRun;

    use super::*;

    #[test]
    fn a_reminder_is_sent_after_a_day() {
        let mut run = TestRun::start::<remind>(("Ada".to_owned(),));
        assert_eq!(run.commands(), ["1: timer 86400000 ms"]);
        run.fire(1);
        assert_eq!(run.commands(), [r#"2: activity send_reminder "Ada""#]);
        run.complete(2, "sent");
        assert_eq!(run.commands(), [r#"complete "sent""#]);
    }
}
