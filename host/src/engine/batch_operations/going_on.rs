//! How a batch operation goes on, until it is over.

use crate::engine::facade::CallError;
use crate::engine::{Engine, Parts, blocked_filter};
use crate::shard::{CancelRequest, ResetError, ResetPoint, ResetRequest, RunError, Target, Termination};
use crate::store::search::{Condition, RunQuery};
use crate::store::{
    BatchAction, BatchOperation, BatchPosition, BatchProgress, BatchReset, BatchRuns, BatchState, StoreError,
};
use futures::{StreamExt, stream::FuturesUnordered};
use mainspring_core::{Execution, RunId, SignalReceived, Timestamp};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Runs that one operation takes up in a second at most: so that what goes on otherwise does not notice it.
pub const BATCH_PER_SECOND_MAX: f64 = 500.0;

/// Runs whose outcome is recorded together; fewer, if fewer than these are taken up in a second.
const SECTION_MAX: usize = 100;

/// Requests of one operation that wait for their answers at once.
const AT_ONCE: usize = 20;

/// How often a run is tried that cannot be reached because too much is going on, and the time between two tries.
const TRIES_MAX: u32 = 20;
const TRY_AGAIN: Duration = Duration::from_millis(250);

/// Runs that are counted together.
const COUNTED_TOGETHER: usize = 1_000;

/// An operation that is under way.
pub(super) struct Running {
    /// As far as it is durable.
    operation: Mutex<BatchOperation>,
    /// Why somebody stops it.
    stop_reason: OnceLock<String>,
    stopped: CancellationToken,
    /// Whether nobody goes on with it any more.
    ended: CancellationToken,
}

/// Some runs of an operation, and where its list goes on after them.
struct Section {
    runs: Vec<Execution>,
    /// Named workflows that have no run.
    missing: u64,
    next: BatchPosition,
}

/// What came of a section.
#[derive(Default)]
struct Tally {
    done: u64,
    failed: u64,
}

/// Why it does not go on in this process.
#[derive(Debug, thiserror::Error)]
enum Interrupted {
    #[error("the engine is stopping")]
    Stopping,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Running {
    pub(super) fn new(operation: BatchOperation) -> Self {
        Self {
            operation: Mutex::new(operation),
            stop_reason: OnceLock::new(),
            stopped: CancellationToken::new(),
            ended: CancellationToken::new(),
        }
    }

    pub(super) fn durable(&self) -> BatchOperation {
        self.operation.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops it, and returns how it stands once nobody goes on with it.
    pub(super) async fn stop(&self, reason: String) -> BatchState {
        // If somebody else stops it, too, the first reason counts.
        let _ = self.stop_reason.set(reason);
        self.stopped.cancel();
        self.ended.cancelled().await;
        self.durable().progress.state
    }

    /// Goes on with it until it is over, or until nobody holds the engine any more.
    pub(super) async fn go_on(self: Arc<Self>, parts: Weak<Parts>) {
        let _ended = self.ended.clone().drop_guard();
        let mut pace = interval(Duration::from_secs_f64(1.0 / self.durable().per_second));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let Some(parts) = parts.upgrade() else { return };
            let engine = Engine { parts };
            match engine.take_up_section(&self, &mut pace).await {
                Ok(BatchState::Running) => {}
                Ok(BatchState::Completed | BatchState::Failed) => {
                    return engine.parts.forget_batch_operation(&self.durable());
                }
                Err(Interrupted::Stopping) => return,
                Err(error @ Interrupted::Store(_)) => {
                    // The process is about to stop.
                    return tracing::error!(%error, "a batch operation cannot go on");
                }
            }
        }
    }
}

impl Engine {
    /// Does what is under way of an operation, and records what came of it and what is next.
    async fn take_up_section(&self, running: &Running, pace: &mut Interval) -> Result<BatchState, Interrupted> {
        let operation = running.durable();
        let mut progress = operation.progress.clone();
        let condition = match self.batch_condition(&operation) {
            Ok(condition) => condition,
            // A search attribute was removed, for instance.
            Err(error) => {
                progress.end(BatchState::Failed, error.to_string(), self.now());
                return self.record(running, operation, progress).await;
            }
        };
        if progress.total.is_none() {
            progress.total = Some(self.count_targets(&operation, condition.clone()).await?);
        }
        let under_way = std::mem::take(&mut progress.under_way);
        let tally = self.act_on_all(&operation, under_way, pace, &running.stopped).await?;
        progress.done += tally.done;
        progress.failed += tally.failed;
        if let Some(reason) = running.stop_reason.get() {
            progress.end(BatchState::Failed, reason.clone(), self.now());
        } else if progress.next == BatchPosition::End {
            progress.end(BatchState::Completed, String::new(), self.now());
        } else {
            // Which they are is recorded before they are taken up: afterwards a filter may not find them any more.
            let section = self.section(&operation, condition).await?;
            progress.under_way = section.runs;
            progress.failed += section.missing;
            progress.next = section.next;
        }
        self.record(running, operation, progress).await
    }

    async fn record(
        &self,
        running: &Running,
        operation: BatchOperation,
        progress: BatchProgress,
    ) -> Result<BatchState, Interrupted> {
        let state = progress.state;
        let mut operation = BatchOperation { progress, ..operation };
        if state != BatchState::Running {
            operation.action = operation.action.without_payloads();
        }
        let store = self.parts.store.clone();
        let written = self.reads(move || store.put_batch_operation(&operation).map(|()| operation));
        let operation = written.await??;
        *running.operation.lock().unwrap_or_else(PoisonError::into_inner) = operation;
        Ok(state)
    }

    async fn count_targets(&self, operation: &BatchOperation, condition: Condition) -> Result<u64, Interrupted> {
        if let BatchRuns::Listed(targets) = &operation.runs {
            return Ok(targets.len() as u64);
        }
        let mut query = RunQuery {
            namespace: operation.namespace.clone(),
            condition: blocked_filter::resolved(condition, &self.parts.blocked),
            before: None,
            limit: COUNTED_TOGETHER,
        };
        let mut total = 0;
        loop {
            let (store, page) = (self.parts.store.clone(), query.clone());
            let counted = self.reads(move || store.count_runs(&page)).await??;
            total += counted.runs;
            match counted.next {
                Some(next) => query.before = Some(next),
                None => return Ok(total),
            }
        }
    }

    async fn section(&self, operation: &BatchOperation, condition: Condition) -> Result<Section, Interrupted> {
        let limit = (operation.per_second as usize).clamp(1, SECTION_MAX);
        match &operation.runs {
            BatchRuns::Query(_) => {
                let query = RunQuery {
                    namespace: operation.namespace.clone(),
                    condition: blocked_filter::resolved(condition, &self.parts.blocked),
                    before: match operation.progress.next {
                        BatchPosition::Before(run) => Some(run),
                        BatchPosition::Beginning | BatchPosition::After(_) | BatchPosition::End => None,
                    },
                    limit,
                };
                let store = self.parts.store.clone();
                let page = self.reads(move || store.find_runs(&query)).await??;
                Ok(Section {
                    runs: page.runs.into_iter().map(|run| run.execution).collect(),
                    missing: 0,
                    next: page.next.map_or(BatchPosition::End, BatchPosition::Before),
                })
            }
            BatchRuns::Listed(targets) => {
                let from = match operation.progress.next {
                    BatchPosition::After(count) => usize::try_from(count).unwrap_or(usize::MAX),
                    BatchPosition::Beginning | BatchPosition::Before(_) | BatchPosition::End => 0,
                };
                let some = targets.iter().skip(from).take(limit);
                let until = from.saturating_add(limit);
                let with_run = some.clone().filter_map(|target| {
                    Some(Execution {
                        workflow_id: target.workflow_id.clone(),
                        run_id: target.run_id?,
                    })
                });
                Ok(Section {
                    runs: with_run.collect(),
                    missing: some.filter(|target| target.run_id.is_none()).count() as u64,
                    next: if until < targets.len() {
                        BatchPosition::After(until as u64)
                    } else {
                        BatchPosition::End
                    },
                })
            }
        }
    }

    /// Takes up runs at an operation's pace, until somebody stops it, and returns once all of them have answered.
    async fn act_on_all(
        &self,
        operation: &BatchOperation,
        targets: Vec<Execution>,
        pace: &mut Interval,
        stopped: &CancellationToken,
    ) -> Result<Tally, Interrupted> {
        let mut tally = Tally::default();
        let mut targets = targets.into_iter().peekable();
        let mut under_way = FuturesUnordered::new();
        loop {
            let may_take_up = targets.peek().is_some() && !stopped.is_cancelled() && under_way.len() < AT_ONCE;
            tokio::select! {
                Some(outcome) = under_way.next(), if !under_way.is_empty() => match outcome? {
                    true => tally.done += 1,
                    false => tally.failed += 1,
                },
                _ = pace.tick(), if may_take_up => {
                    under_way.extend(targets.next().map(|target| self.act_on(operation, target)));
                }
                () = stopped.cancelled(), if may_take_up => {}
                else => return Ok(tally),
            }
        }
    }

    /// Does an operation's one thing to a run. Returns whether it is done.
    async fn act_on(&self, operation: &BatchOperation, execution: Execution) -> Result<bool, Interrupted> {
        for _ in 0..TRIES_MAX {
            match self.try_to_act_on(operation, &execution).await {
                Ok(could_be_done) => return Ok(could_be_done),
                // One that is closed or gone has nothing left to be done to it: it may have been done before a restart.
                Err(CallError::Refused(RunError::Closed | RunError::NotFound { .. })) => return Ok(true),
                Err(CallError::Busy) => tokio::time::sleep(TRY_AGAIN).await,
                Err(CallError::Stopping | CallError::Refused(RunError::Store(_))) => {
                    return Err(Interrupted::Stopping);
                }
                Err(CallError::NoSuchNamespace(_) | CallError::Deprecated(_)) => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Whether it could be done.
    async fn try_to_act_on(
        &self,
        operation: &BatchOperation,
        execution: &Execution,
    ) -> Result<bool, CallError<RunError>> {
        let target = Target::of(&operation.namespace, execution);
        let identity = operation.identity.clone();
        let reason = operation.reason.clone();
        match &operation.action {
            BatchAction::Terminate(details) => {
                let details = details.clone();
                let termination = Termination {
                    reason,
                    details,
                    identity,
                };
                self.terminate(target, termination).await?;
            }
            BatchAction::Signal { name, input, headers } => {
                let signal = SignalReceived {
                    name: name.clone(),
                    input: input.clone(),
                    headers: headers.clone(),
                    identity,
                    request_id: request_id(operation, execution.run_id),
                    sender: None,
                };
                self.signal(target, signal).await?;
            }
            BatchAction::RequestCancel => {
                let request = CancelRequest {
                    reason,
                    identity,
                    request_id: request_id(operation, execution.run_id),
                };
                self.request_cancel(target, request).await?;
            }
            BatchAction::Delete => self.delete(target).await?,
            BatchAction::Reset(reset) => {
                let request_id = request_id(operation, execution.run_id);
                return self.reset_to(target, reset, reason, identity, request_id).await;
            }
        }
        Ok(true)
    }

    /// Whether the run could be reset: it has had such an activation, and can begin again there.
    async fn reset_to(
        &self,
        target: Target,
        reset: &BatchReset,
        reason: String,
        identity: String,
        request_id: String,
    ) -> Result<bool, CallError<RunError>> {
        let request = ResetRequest {
            point: ResetPoint::Activation(reset.point),
            run_id: self.new_id(),
            random_seed: self.random_seed(),
            reason,
            identity,
            request_id,
            reapply: reset.reapply,
        };
        let answer = self.reset(target, request).await;
        answer.map(|_| true).or_else(|error| {
            error.or_else(|refused| match refused {
                ResetError::Point(_) | ResetError::NoSuchPoint(_) | ResetError::TooManyFollowers => Ok(false),
                ResetError::Run(error) => Err(error),
            })
        })
    }

    async fn reads<T: Send + 'static>(&self, read: impl FnOnce() -> T + Send + 'static) -> Result<T, Interrupted> {
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| Interrupted::Stopping)
    }
}

/// The same whenever it is sent again. An id can be used again for another operation once the first is forgotten, so the
/// moment of the start is part of it.
fn request_id(operation: &BatchOperation, run: RunId) -> String {
    format!("{}@{}/{run}", operation.id, operation.started.as_millis())
}

impl BatchProgress {
    fn end(&mut self, state: BatchState, reason: String, now: Timestamp) {
        self.state = state;
        self.end_reason = reason;
        self.closed = Some(now);
    }
}
