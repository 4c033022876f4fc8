//! How a call reaches its shard and comes back.

use crate::engine::Engine;
use crate::engine::router::NotSent;
use crate::shard::{Reply, Request};
use tokio::sync::oneshot;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError<E> {
    /// There is no such tenant.
    #[error("namespace {0:?} was not found")]
    NoSuchNamespace(String),
    /// The tenant takes no new workflows.
    #[error("namespace {0:?} is deprecated and takes no new workflows")]
    Deprecated(String),
    /// Too many requests wait. Trying again a little later helps.
    #[error("the server has too many requests waiting; try again in a moment")]
    Busy,
    /// The engine is stopping, or its store has failed.
    #[error("the server is stopping")]
    Stopping,
    /// What was asked is refused.
    #[error(transparent)]
    Refused(E),
}

impl<E> CallError<E> {
    /// Goes on with what is refused: it may be good for an answer after all, or is refused in other words.
    pub fn or_else<T, F>(self, otherwise: impl FnOnce(E) -> Result<T, F>) -> Result<T, CallError<F>> {
        match self {
            Self::NoSuchNamespace(name) => Err(CallError::NoSuchNamespace(name)),
            Self::Deprecated(name) => Err(CallError::Deprecated(name)),
            Self::Busy => Err(CallError::Busy),
            Self::Stopping => Err(CallError::Stopping),
            Self::Refused(refused) => otherwise(refused).map_err(CallError::Refused),
        }
    }
}

impl Engine {
    /// Asks whatever the namespace is.
    pub(in crate::engine) async fn ask_shard<T, E>(
        &self,
        request: impl FnOnce(Reply<Result<T, E>>) -> Request,
    ) -> Result<T, CallError<E>> {
        let (reply, mut receiver) = oneshot::channel();
        self.send(request(reply))?;
        answer(&mut receiver).await
    }

    pub(super) async fn ask<T, E>(
        &self,
        request: impl FnOnce(Reply<Result<T, E>>) -> Request,
    ) -> Result<T, CallError<E>> {
        let (reply, mut receiver) = oneshot::channel();
        let request = request(reply);
        self.check_takes(&request)?;
        if request.may_start() {
            self.modules_arrived().await;
            self.check_takes(&request)?;
        }
        self.send(request)?;
        answer(&mut receiver).await
    }

    /// Sends a request to its shard, if it starts nothing.
    pub(super) fn request<T, E>(
        &self,
        request: impl FnOnce(Reply<Result<T, E>>) -> Request,
    ) -> Result<oneshot::Receiver<Result<T, E>>, CallError<E>> {
        let (reply, answer) = oneshot::channel();
        let request = request(reply);
        self.check_takes(&request)?;
        self.send(request)?;
        Ok(answer)
    }

    fn check_takes<E>(&self, request: &Request) -> Result<(), CallError<E>> {
        let (namespace, _) = request.subject();
        self.check_namespace(namespace)?;
        if request.may_start() {
            self.check_takes_starts(namespace)?;
        }
        Ok(())
    }

    fn send<E>(&self, request: Request) -> Result<(), CallError<E>> {
        self.parts.router.send(request).map_err(|not_sent| match not_sent {
            NotSent::Full => CallError::Busy,
            NotSent::Stopped => CallError::Stopping,
        })
    }

    pub(in crate::engine) async fn read<T: Send + 'static, E>(
        &self,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CallError<E>> {
        tokio::task::spawn_blocking(read).await.map_err(|_| CallError::Stopping)
    }

    fn check_takes_starts<E>(&self, namespace: &str) -> Result<(), CallError<E>> {
        if self.parts.namespaces.is_deprecated(namespace) {
            Err(CallError::Deprecated(namespace.to_owned()))
        } else {
            Ok(())
        }
    }

    pub(in crate::engine) fn check_namespace<E>(&self, name: &str) -> Result<(), CallError<E>> {
        if self.parts.namespaces.has(name) {
            Ok(())
        } else {
            Err(CallError::NoSuchNamespace(name.to_owned()))
        }
    }
}

/// What comes of a request.
pub(super) async fn answer<T, E>(answer: &mut oneshot::Receiver<Result<T, E>>) -> Result<T, CallError<E>> {
    // The shard drops what it will never answer when it stops.
    answer
        .await
        .map_err(|_| CallError::Stopping)?
        .map_err(CallError::Refused)
}
