//! Workflows with handlers.

use std::cell::Cell;

use mainspring_workflow::{Activity, Failure, RetryPolicy, State, workflow};

use crate::plain::{Work, noop_in_haste};

#[derive(Default)]
pub(crate) struct Collector {
    collected: Vec<String>,
}

/// Takes signals `collect` until it has `n`, and returns them.
#[workflow(name = "collector")]
impl Collector {
    #[run]
    async fn run(this: State<Self>, n: usize) -> Result<Vec<String>, Failure> {
        this.until(|it| (it.collected.len() >= n).then(|| it.collected.clone()))
            .await
    }

    /// One more.
    #[signal]
    fn collect(&mut self, item: String) {
        self.collected.push(item);
    }

    /// What there is so far.
    #[query]
    fn collected(&self) -> Vec<String> {
        self.collected.clone()
    }

    /// Item number `index`, if there is one.
    #[query(name = "itemAt")]
    fn item_at(&self, index: usize) -> Result<String, Failure> {
        let missing = || Failure::application("NoSuchItem", format!("there is no item {index}"));
        self.collected.get(index).cloned().ok_or_else(missing)
    }
}

#[derive(Default)]
pub(crate) struct Counter {
    count: u64,
    closed: bool,
}

/// Counts what updates add, until the signal `close`.
#[workflow(name = "counter")]
impl Counter {
    #[run]
    async fn run(this: State<Self>) -> Result<u64, Failure> {
        this.until(|counter| counter.closed.then_some(counter.count)).await
    }

    /// Ends it.
    #[signal]
    fn close(&mut self) {
        self.closed = true;
    }

    /// Adds at once.
    #[update]
    fn add(&mut self, amount: u64) -> Result<u64, Failure> {
        self.count += amount;
        Ok(self.count)
    }

    /// Adds after it has asked a worker.
    #[update(name = "addSlowly")]
    async fn add_slowly(this: State<Self>, amount: u32) -> Result<u64, Failure> {
        let confirmed = Work::noop(amount).await?;
        Ok(this.write(|counter| {
            counter.count += u64::from(confirmed);
            counter.count
        }))
    }

    /// The same in haste.
    #[update(name = "addInHaste")]
    async fn add_in_haste(this: State<Self>, amount: u32) -> Result<u64, Failure> {
        let confirmed = noop_in_haste(amount).await?;
        Ok(this.write(|counter| {
            counter.count += u64::from(confirmed);
            counter.count
        }))
    }

    /// Adds if the worker confirms it the first time that it is asked.
    #[update(name = "addOnce")]
    async fn add_once(this: State<Self>, amount: u32) -> Result<u64, Failure> {
        let confirmed = noop_in_haste(amount).retry(RetryPolicy::never()).await?;
        Ok(this.write(|counter| {
            counter.count += u64::from(confirmed);
            counter.count
        }))
    }

    #[validate(add)]
    fn may_add(&self, amount: &u64) -> Result<(), Failure> {
        match amount {
            0 => Err(Failure::application("NothingToAdd", "the amount is 0")),
            _ => Ok(()),
        }
    }
}

#[derive(Default)]
pub(crate) struct QueryThatWrites {
    asked: Cell<u32>,
    done: bool,
}

/// Waits for the signal `finish`. Its queries do what no query may.
#[workflow(name = "query_that_writes")]
impl QueryThatWrites {
    #[run]
    async fn run(this: State<Self>) -> Result<u32, Failure> {
        this.until(|it| it.done.then(|| it.asked.get())).await
    }

    /// Ends it; the result is how often it thinks that it was asked, which must be 0.
    #[signal]
    fn finish(&mut self) {
        self.done = true;
    }

    /// Changes the state, behind the borrow checker's back.
    #[query]
    fn ask(&self) -> u32 {
        self.asked.set(self.asked.get() + 1);
        self.asked.get()
    }

    /// Issues a command, which traps.
    #[query]
    fn command(&self) -> bool {
        Activity::<()>::new("noop", (0,)).detach();
        true
    }
}
