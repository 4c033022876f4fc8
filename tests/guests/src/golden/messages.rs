//! Signals and updates, and who sends them.

use std::time::Duration;

use mainspring_workflow::{Activity, Failure, RetryPolicy, Signal, State, Workflow, request_cancel, workflow};

pub(super) static ITEM: Signal<String> = Signal::new("item");

/// Calls `work`, and then receives two signals `item`, which may have come before.
#[workflow(signals(ITEM))]
pub(crate) async fn golden_signals() -> Result<Vec<String>, Failure> {
    Activity::<()>::new("work", ("before",))
        .start_to_close(Duration::from_secs(60))
        .await?;
    Ok(vec![ITEM.receive().await?, ITEM.receive().await?])
}

#[derive(Default)]
pub(crate) struct GoldenCounter {
    count: u32,
    closed: bool,
}

/// Counts what updates add, until the signal `close`.
#[workflow(name = "golden_counter")]
impl GoldenCounter {
    #[run]
    async fn run(this: State<Self>) -> Result<u32, Failure> {
        this.until(|counter| counter.closed.then_some(counter.count)).await
    }

    /// Ends it.
    #[signal]
    fn close(&mut self) {
        self.closed = true;
    }

    /// Adds at once; not 0.
    #[update]
    fn add(&mut self, amount: u32) -> Result<u32, Failure> {
        self.count += amount;
        Ok(self.count)
    }

    /// Adds what `work` makes of it, if it succeeds.
    #[update]
    async fn work(this: State<Self>, amount: u32) -> Result<u32, Failure> {
        let worked: u32 = Activity::new("work", (amount,))
            .start_to_close(Duration::from_secs(60))
            .retry(RetryPolicy::never())
            .await?;
        Ok(this.write(|counter| {
            counter.count += worked;
            counter.count
        }))
    }

    #[validate(add)]
    fn may_add(&self, amount: &u32) -> Result<(), Failure> {
        match amount {
            0 => Err(Failure::application("NothingToAdd", "the amount is 0")),
            _ => Ok(()),
        }
    }
}

/// Signals the workflow `other`, and then asks it to cancel; gives what came of both.
#[workflow]
pub(crate) async fn golden_sender() -> Result<Vec<String>, Failure> {
    let tell = |result: Result<(), Failure>| match result {
        Ok(()) => "arrived".to_owned(),
        Err(failure) => failure.to_string(),
    };
    let signalled = tell(ITEM.send("other", &"item".to_owned()).await);
    let cancelled = tell(request_cancel("other", "enough").await);
    Ok(vec![signalled, cancelled])
}

/// Receives signals `item`, and continues as new with all that have come, until there are three.
#[workflow(signals(ITEM))]
pub(crate) async fn golden_carrier(items: Vec<String>) -> Result<Vec<String>, Failure> {
    let mut items = items;
    items.push(ITEM.receive().await?);
    while let Some(item) = ITEM.try_receive() {
        items.push(item);
    }
    match items.len() {
        ..3 => golden_carrier::continue_as_new((items,)),
        _ => Ok(items),
    }
}
