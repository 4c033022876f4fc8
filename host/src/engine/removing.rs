//! Namespaces that are removed, with everything in them: some runs at a time, and after a restart as well.

use super::facade::CallError;
use super::namespaces::{DEFAULT_NAMESPACE, NamespaceError};
use super::{Engine, Message, Parts};
use crate::shard::{Reply, Request, RunError, ScheduleError, ScheduleName, ScheduleRequest, Target};
use crate::store::StoreError;
use crate::store::search::{Condition, RunQuery};
use futures::{StreamExt, stream};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Runs, or schedules, that are looked up together, and of these, removals that wait for their answers at once.
const LOOKED_UP: usize = 500;
const AT_ONCE: usize = 50;

/// Between two tries to reach runs while too much is going on.
const TRY_AGAIN: Duration = Duration::from_millis(250);

/// Why it does not go on in this process. The next one goes on.
#[derive(Debug, thiserror::Error)]
enum Interrupted {
    #[error("the engine is stopping")]
    Stopping,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Shard(String),
}

impl Engine {
    /// Removes a namespace. When it returns, the namespace is there for nobody any more, durably; what is in it goes by
    /// itself, and after a restart as well. Until all of it is gone, there can be no other one of that name.
    pub async fn delete_namespace(&self, name: &str) -> Result<(), CallError<NamespaceError>> {
        self.check_namespace(name)?;
        if name == DEFAULT_NAMESPACE {
            return Err(CallError::Refused(NamespaceError::Default));
        }
        let (engine, leaving) = (self.clone(), name.to_owned());
        let marked = self.read(move || {
            engine.parts.namespaces.change(&leaving, |it| {
                it.is_leaving = true;
                Ok::<_, NamespaceError>(())
            })
        });
        let marked = marked.await?.map_err(CallError::Refused)?;
        // Of two that ask at once, one finds it gone.
        marked.ok_or_else(|| CallError::NoSuchNamespace(name.to_owned()))?;
        self.remove_contents(name.to_owned());
        Ok(())
    }

    /// Goes on with the namespaces that were being removed when the last process ended.
    pub(super) fn go_on_removing(&self) {
        self.parts
            .namespaces
            .leaving()
            .into_iter()
            .for_each(|name| self.remove_contents(name));
    }

    fn remove_contents(&self, name: String) {
        self.parts.task_queues.forget_namespace(&name, self.now());
        let catalog = self.parts.catalog.clone();
        let parts = Arc::downgrade(&self.parts);
        self.parts.runtime.spawn(async move {
            // Whatever would still begin in it finds no code for it.
            catalog.forget_namespace(&name).await;
            drop(catalog);
            if let Err(error) = remove(&parts, &name).await {
                tracing::warn!(namespace = name, %error, "a namespace is not removed yet; that goes on after a restart");
            }
        });
    }

    /// Removes some of what is in a namespace. Returns whether there was anything.
    async fn remove_some(&self, namespace: &str) -> Result<bool, Interrupted> {
        self.stop_batch_operations_of(namespace).await;
        let (store, of) = (self.parts.store.clone(), namespace.to_owned());
        let schedules = self.look_up(move || store.schedules(&of, None, LOOKED_UP)).await?;
        let has_schedules = !schedules.is_empty();
        let names = schedules.into_iter().map(|schedule| ScheduleName {
            namespace: schedule.namespace,
            id: schedule.id,
        });
        let removals =
            names.map(|name| self.insist(move |reply| Request::Schedule(name.clone(), ScheduleRequest::Delete(reply))));
        let is_gone = |error: &ScheduleError| matches!(error, ScheduleError::NotFound(_));
        all(removals, is_gone).await?;

        let query = RunQuery {
            namespace: namespace.to_owned(),
            condition: Condition::EVERYTHING,
            before: None,
            limit: LOOKED_UP,
        };
        let store = self.parts.store.clone();
        let runs = self.look_up(move || store.find_runs(&query)).await?.runs;
        let has_runs = !runs.is_empty();
        let targets = runs.into_iter().map(|run| Target::of(&run.namespace, &run.execution));
        let removals = targets.map(|target| self.insist(move |reply| Request::Delete(target.clone(), reply)));
        all(removals, |error| matches!(error, RunError::NotFound { .. })).await?;
        Ok(has_schedules || has_runs)
    }

    /// Asks a shard, again and again while there are too many requests.
    async fn insist<E>(&self, request: impl Fn(Reply<Result<(), E>>) -> Request) -> Result<Result<(), E>, Interrupted> {
        loop {
            match self.ask_shard(&request).await {
                Ok(()) => return Ok(Ok(())),
                Err(CallError::Refused(error)) => return Ok(Err(error)),
                Err(CallError::Busy) => tokio::time::sleep(TRY_AGAIN).await,
                Err(CallError::Stopping | CallError::NoSuchNamespace(_) | CallError::Deprecated(_)) => {
                    return Err(Interrupted::Stopping);
                }
            }
        }
    }

    async fn look_up<T: Send + 'static>(
        &self,
        look_up: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Interrupted> {
        let found = tokio::task::spawn_blocking(look_up).await;
        Ok(found.map_err(|_| Interrupted::Stopping)??)
    }
}

/// Waits for removals, some of them at once. What is gone already is none that fails.
async fn all<E: std::fmt::Display>(
    removals: impl Iterator<Item = impl Future<Output = Result<Result<(), E>, Interrupted>>>,
    is_gone: impl Fn(&E) -> bool,
) -> Result<(), Interrupted> {
    let mut removals = pin!(stream::iter(removals).buffer_unordered(AT_ONCE));
    while let Some(removed) = removals.next().await {
        match removed? {
            Err(error) if !is_gone(&error) => return Err(Interrupted::Shard(error.to_string())),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Removes all that is in a namespace, and then the namespace, unless nobody holds the engine any more.
async fn remove(parts: &Weak<Parts>, namespace: &str) -> Result<(), Interrupted> {
    loop {
        let engine = Engine {
            parts: parts.upgrade().ok_or(Interrupted::Stopping)?,
        };
        if engine.remove_some(namespace).await? {
            continue;
        }
        let (of, name) = (engine.clone(), namespace.to_owned());
        engine.look_up(move || of.parts.namespaces.remove(&name)).await?;
        engine.parts.router.tell_all(|| Message::NamespacesChanged);
        return Ok(());
    }
}
