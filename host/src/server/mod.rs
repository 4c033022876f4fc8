//! The front: Temporal's protocol for clients, workers and tools, and our own services for modules and for what operators set. It is gRPC;
//! [`http`] transcodes it.
//!
//! Requests are turned into calls of the [engine](crate::engine)'s facade and answers back into messages. What a
//! run is and how it moves is not known here; and nothing but this module, and what transcodes it, knows the wire.

mod control_service;
mod convert;
mod front;
mod health;
mod history;
mod history_service;
pub mod http;
mod limits;
mod long_poll;
mod mended_refusals;
mod methods;
mod module_service;
mod operator_service;
mod refusals;
mod status;
mod task_token;
mod test_service;
mod worker_registry;
mod workflow_service;

use crate::engine::Engine;
use front::Front;
use mainspring_api::{
    control::ControlServiceServer, histories::HistoryServiceServer, limits::REQUEST_BYTES_MAX,
    modules::ModuleServiceServer, operator_service::OperatorServiceServer, test_service::TestServiceServer,
    workflow_service::WorkflowServiceServer,
};
use std::{future::Future, time::Duration};
use test_service::TestFront;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{
    codec::CompressionEncoding,
    service::Routes,
    transport::{Server, server::TcpIncoming},
};

pub use methods::{BLOCKED_MEMO, TYPE_PAUSED_MEMO};

/// How often a silent connection is asked whether its other end is still there, and how long it may take to answer.
/// What a worker holds is offered to others by its timeouts; this ends the polls of one that has vanished.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Calls that one connection may have open. A worker has some ten polls; a client as many calls as it makes at once.
/// Further ones wait at the client.
const STREAMS_PER_CONNECTION_MAX: u32 = 1000;

/// How long calls may take to end once the server is to stop. Polls are answered at once.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// What the server answers with: all methods of all services, whichever way a call comes. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Services {
    /// Takes calls as gRPC has them.
    router: axum::Router,
    /// Ends long polls.
    stopping: CancellationToken,
}

impl Services {
    /// Of this engine.
    pub async fn new(engine: Engine) -> Self {
        let front = Front::new(engine);
        let stopping = front.stopping().clone();
        let router = routes(front).await;
        Self { router, stopping }
    }
}

/// Serves gRPC on the listener until `stop` is ready; then ends what is open, and returns.
pub async fn serve(
    services: Services,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), tonic::transport::Error> {
    let Services { router, stopping } = services;
    let (stopped, mut over) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop.await;
        stopping.cancel();
        // Nobody listens if everything has ended already.
        let _ = stopped.send(());
    };
    let serving = Server::builder()
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .max_concurrent_streams(STREAMS_PER_CONNECTION_MAX)
        .add_routes(Routes::from(router))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), stop);
    let grace = async move {
        if (&mut over).await.is_err() {
            return std::future::pending().await;
        }
        tokio::time::sleep(STOP_GRACE).await;
    };
    tokio::select! {
        served = serving => served,
        () = grace => Ok(()),
    }
}

/// All services. The official clients compress what they send, so each one must accept gzip.
async fn routes(front: Front) -> axum::Router {
    let health = health::service(&front).await;
    let workflows = WorkflowServiceServer::new(front.clone())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(REQUEST_BYTES_MAX);
    let operator = OperatorServiceServer::new(front.clone())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(REQUEST_BYTES_MAX);
    let control = ControlServiceServer::new(front.clone())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(REQUEST_BYTES_MAX);
    let histories = HistoryServiceServer::new(front.clone())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(REQUEST_BYTES_MAX);
    let time = front.engine().time_skipping().map(TestFront);
    let modules = ModuleServiceServer::new(front)
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(REQUEST_BYTES_MAX);
    let routes = Routes::new(health.accept_compressed(CompressionEncoding::Gzip))
        .add_service(workflows)
        .add_service(operator)
        .add_service(control)
        .add_service(histories)
        .add_service(modules);
    let routes = match time {
        Some(time) => routes.add_service(TestServiceServer::new(time).accept_compressed(CompressionEncoding::Gzip)),
        None => routes,
    };
    routes
        .into_axum_router()
        .layer(axum::middleware::from_fn(mended_refusals::mend))
}

#[cfg(test)]
mod tests;
