//! An engine with its front doors, from opening to the clean end.

use crate::cli::output::note;
use crate::cli::{CliError, Exit};
use mainspring::engine::{Engine, Settings};
use mainspring::server::{self, Services};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A server that is ready to serve: its addresses are taken and its engine runs.
pub(super) struct Host {
    pub(super) engine: Engine,
    pub(super) grpc_address: SocketAddr,
    pub(super) http_address: SocketAddr,
    grpc: TcpListener,
    http: TcpListener,
}

/// How long calls under way may take to end once the server is to stop.
const GRACE: Duration = Duration::from_secs(10);

impl Host {
    pub(super) async fn open(settings: Settings, grpc: SocketAddr, http: SocketAddr) -> Result<Self, CliError> {
        // Before the engine: a port in use should cost nothing.
        let grpc = listen(grpc, "--grpc-address").await?;
        let http = listen(http, "--http-address").await?;
        let engine = Engine::open(settings).await?;
        let address = |listener: &TcpListener| listener.local_addr().map_err(|error| CliError::failed(&error));
        Ok(Self {
            engine,
            grpc_address: address(&grpc)?,
            http_address: address(&http)?,
            grpc,
            http,
        })
    }

    /// Serves until a signal asks for the end, or something fails.
    pub(super) async fn serve(self) -> Result<Exit, CliError> {
        let Self { engine, grpc, http, .. } = self;
        let mut stop = StopSignals::listen()?;
        let shutdown = CancellationToken::new();
        let mut serving = std::pin::pin!(serve(engine.clone(), grpc, http, shutdown.clone()));
        let mut is_serving = true;
        let ended = tokio::select! {
            ended = &mut serving => {
                is_serving = false;
                ended.map(|()| Exit::Done)
            }
            reason = engine.failed() => Err(store_failed(&reason)),
            () = stop.next() => Ok(Exit::Done),
        };
        if ended.is_ok() {
            tracing::info!("stopping");
        }
        shutdown.cancel();
        let finished = async {
            if ended.is_err() {
                // Calls under way wait for what never comes; this tells them.
                engine.shut_down().await;
            }
            if is_serving {
                // What has not ended by then is cut off: its client asks again.
                let _ = tokio::time::timeout(GRACE, serving).await;
            }
            engine.shut_down().await;
        };
        tokio::select! {
            () = finished => ended,
            () = stop.next() => {
                note("stopped at once; what was acknowledged is durable\n");
                ended
            }
        }
    }
}

/// Both front doors.
async fn serve(
    engine: Engine,
    grpc: TcpListener,
    http: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), CliError> {
    let services = Services::new(engine).await;
    let http = server::http::serve(services.clone(), http, shutdown.clone().cancelled_owned());
    let grpc = server::serve(services, grpc, shutdown.cancelled());
    let grpc = async { grpc.await.map_err(|error| CliError::failed(&error)) };
    let http = async { http.await.map_err(|error| CliError::failed(&error)) };
    tokio::try_join!(grpc, http).map(|_| ())
}

async fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => CliError::new(
            Exit::AddressInUse,
            format!("another program listens at {address}; is a server running already?"),
        )
        .hint(format!("stop that one, or choose another address with {option}")),
        _ => CliError::new(Exit::Failed, format!("cannot listen at {address}: {error}"))
            .hint(format!("choose another address with {option}")),
    })
}

fn store_failed(reason: &str) -> CliError {
    CliError::new(Exit::StoreFailed, format!("the store failed: {reason}"))
        .hint("start the server again once the cause is gone")
}

/// SIGINT and SIGTERM.
struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl StopSignals {
    fn listen() -> Result<Self, CliError> {
        let listen = |kind| signal(kind).map_err(|error| CliError::failed(&error));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
