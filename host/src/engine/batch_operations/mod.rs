//! Batch operations: one thing done to many runs, some of them at a time. Which they are is durable before they are taken
//! up, and what came of them before the next are.
//!
//! When the process dies, the next one takes up the same runs again. Each request has an id that is made of the
//! operation's and the run's, so a run that has had it recognises it; and where it cannot, since it is closed or gone,
//! there is nothing left to do. So nothing is done twice.

mod error;
mod going_on;

pub use error::BatchError;
pub use going_on::BATCH_PER_SECOND_MAX;

use super::facade::CallError;
use super::{Engine, Parts};
use crate::list_filter;
use crate::store::search::{Attribute, Check, Condition, STATUSES, SystemAttribute, Test, Value};
use crate::store::{BatchAction, BatchOperation, BatchProgress, BatchRuns, BatchState, Store, StoreError};
use going_on::Running;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Operations under way in one namespace. One more is refused until another is over.
const RUNNING_PER_NAMESPACE_MAX: usize = 10;

/// Operations of one namespace that are kept once they are over. The oldest go when another is started.
const OVER_PER_NAMESPACE_MAX: usize = 200;

/// The operations that are under way.
#[derive(Default)]
pub(super) struct BatchOperations {
    /// By namespace and id.
    running: Mutex<BTreeMap<(String, String), Arc<Running>>>,
    /// Held while one is started: its id must be new until it is written.
    starting: tokio::sync::Mutex<()>,
}

impl BatchOperations {
    fn running(&self) -> MutexGuard<'_, BTreeMap<(String, String), Arc<Running>>> {
        // Every change is one call: a panic leaves none half done.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, namespace: &str, id: &str) -> Option<Arc<Running>> {
        self.running().get(&(namespace.to_owned(), id.to_owned())).cloned()
    }
}

/// Batch operations.
impl Engine {
    /// Starts a batch operation. Durable when it returns; it goes on by itself, and after a restart as well. Runs that
    /// are listed without a run id are the current ones of their workflow ids.
    pub async fn start_batch_operation(&self, operation: BatchOperation) -> Result<(), CallError<BatchError>> {
        self.check_namespace(&operation.namespace)?;
        self.batch_condition(&operation).map_err(CallError::Refused)?;
        let batch_operations = &self.parts.batch_operations;
        let _starting = batch_operations.starting.lock().await;
        {
            let running = batch_operations.running();
            let of_namespace = running
                .keys()
                .filter(|(namespace, _)| *namespace == operation.namespace);
            if of_namespace.count() >= RUNNING_PER_NAMESPACE_MAX {
                return Err(CallError::Refused(BatchError::TooMany(RUNNING_PER_NAMESPACE_MAX)));
            }
        }
        let store = self.parts.store.clone();
        let put = self.read(move || put_new(&*store, operation)).await?;
        self.take_up_batch_operation(put.map_err(CallError::Refused)?);
        Ok(())
    }

    /// Stops a batch operation. What it has done stays done. Durable when it returns.
    pub async fn stop_batch_operation(
        &self,
        namespace: &str,
        id: &str,
        reason: String,
    ) -> Result<(), CallError<BatchError>> {
        self.check_namespace(namespace)?;
        let Some(running) = self.parts.batch_operations.get(namespace, id) else {
            self.batch_operation(namespace, id).await?;
            return Err(CallError::Refused(BatchError::Over(id.to_owned())));
        };
        match running.stop(reason).await {
            BatchState::Failed => Ok(()),
            BatchState::Completed => Err(CallError::Refused(BatchError::Over(id.to_owned()))),
            BatchState::Running => Err(CallError::Stopping),
        }
    }

    /// Stops all that are under way in a namespace, and returns once nobody goes on with them.
    pub(super) async fn stop_batch_operations_of(&self, namespace: &str) {
        let running: Vec<Arc<Running>> = {
            let all = self.parts.batch_operations.running();
            let of_namespace = all.iter().filter(|((of, _), _)| of == namespace);
            of_namespace.map(|(_, running)| running.clone()).collect()
        };
        for running in running {
            running.stop("its namespace is removed".to_owned()).await;
        }
    }

    /// How far a batch operation is, as far as that is durable.
    pub async fn batch_operation(&self, namespace: &str, id: &str) -> Result<BatchOperation, CallError<BatchError>> {
        self.check_namespace(namespace)?;
        if let Some(running) = self.parts.batch_operations.get(namespace, id) {
            return Ok(running.durable());
        }
        let store = self.parts.store.clone();
        let (namespace, name) = (namespace.to_owned(), id.to_owned());
        let found = self.read(move || store.batch_operation(&namespace, &name)).await?;
        let found = found.map_err(|error| CallError::Refused(error.into()))?;
        found.ok_or_else(|| CallError::Refused(BatchError::NotFound(id.to_owned())))
    }

    /// All batch operations of a namespace that are known, the latest first.
    pub async fn batch_operations(&self, namespace: &str) -> Result<Vec<BatchOperation>, CallError<BatchError>> {
        self.check_namespace(namespace)?;
        let store = self.parts.store.clone();
        let namespace = namespace.to_owned();
        let found = self.read(move || store.batch_operations(&namespace)).await?;
        let mut found = found.map_err(|error| CallError::Refused(error.into()))?;
        found.sort_by(|one, other| (other.started, &other.id).cmp(&(one.started, &one.id)));
        Ok(found)
    }

    /// Takes up what was under way when the last process ended.
    pub(super) fn take_up_batch_operations(&self) -> Result<(), StoreError> {
        for namespace in self.namespaces() {
            let known = self.parts.store.batch_operations(&namespace.name)?.into_iter();
            let running = known.filter(|it| it.progress.state == BatchState::Running);
            running.for_each(|operation| self.take_up_batch_operation(operation));
        }
        Ok(())
    }

    fn take_up_batch_operation(&self, operation: BatchOperation) {
        let key = (operation.namespace.clone(), operation.id.clone());
        let running = Arc::new(Running::new(operation));
        self.parts.batch_operations.running().insert(key, running.clone());
        self.parts.runtime.spawn(running.go_on(Arc::downgrade(&self.parts)));
    }

    /// What an operation's runs must be. Only what is open can be ended, or told something.
    fn batch_condition(&self, operation: &BatchOperation) -> Result<Condition, BatchError> {
        let BatchRuns::Query(query) = &operation.runs else {
            return Ok(Condition::EVERYTHING);
        };
        let namespace = self.namespace(&operation.namespace);
        let types = namespace.map(|it| it.search_attributes).unwrap_or_default();
        let filter = list_filter::parse(query, &types).map_err(|error| BatchError::Query(error.to_string()))?;
        if filter.groups_by_status {
            let problem = "GROUP BY is for counting; a batch operation has no groups";
            return Err(BatchError::Query(problem.to_owned()));
        }
        if filter.order.is_some() {
            let problem = "ORDER BY is for lists; a batch operation takes up the latest start first";
            return Err(BatchError::Query(problem.to_owned()));
        }
        Ok(match &operation.action {
            BatchAction::Terminate(_) | BatchAction::Signal { .. } | BatchAction::RequestCancel => {
                Condition::All(vec![filter.condition, is_open()])
            }
            BatchAction::Delete | BatchAction::Reset(_) => filter.condition,
        })
    }
}

impl Parts {
    fn forget_batch_operation(&self, operation: &BatchOperation) {
        let key = (operation.namespace.clone(), operation.id.clone());
        self.batch_operations.running().remove(&key);
    }
}

fn is_open() -> Condition {
    let open = STATUSES.iter().filter(|(_, status)| !status.is_closed());
    Condition::Test(Test {
        attribute: Attribute::System(SystemAttribute::ExecutionStatus),
        check: Check::OneOf(open.map(|(name, _)| Value::Text((*name).to_owned())).collect()),
        is_negated: false,
    })
}

/// Writes an operation whose id is new, and forgets the oldest of those that are over.
fn put_new(store: &dyn Store, mut operation: BatchOperation) -> Result<BatchOperation, BatchError> {
    let namespace = operation.namespace.clone();
    if store.batch_operation(&namespace, &operation.id)?.is_some() {
        return Err(BatchError::AlreadyExists(operation.id));
    }
    if let BatchRuns::Listed(targets) = &mut operation.runs {
        for target in targets.iter_mut().filter(|target| target.run_id.is_none()) {
            target.run_id = store.current_run(&namespace, &target.workflow_id)?;
        }
    }
    operation.progress = BatchProgress::default();
    let mut over = store.batch_operations(&namespace)?;
    over.retain(|it| it.progress.state != BatchState::Running);
    over.sort_by_key(|it| std::cmp::Reverse(it.started));
    for oldest in over.iter().skip(OVER_PER_NAMESPACE_MAX - 1) {
        store.remove_batch_operation(&namespace, &oldest.id)?;
    }
    store.put_batch_operation(&operation)?;
    Ok(operation)
}
