//! A server that kills itself at a commit of one's choice: `mortal-server DATA ADDRESS [before:N|after:N]`.
//!
//! Engine and gRPC front are those of the real program. What differs is what lies between the engine and its store:
//! there the process takes SIGKILL immediately before or immediately after the N-th commit since it began. Before it,
//! all effects of the commit that precedes have had their chance, and this one is lost. After it, this one is
//! durable, and none of its effects has happened. Compiled modules are kept where `MAINSPRING_COMPILED` says.

mod death;

use anyhow::Context as _;
use death::{Death, Mortal};
use mainspring::engine::{Engine, Settings};
use mainspring::server::{self, Services};
use mainspring::store::WatchedStore;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let data = arguments.next().context("the data directory is missing")?;
    let address: SocketAddr = arguments.next().context("the address is missing")?.parse()?;
    let death: Option<Death> = arguments.next().map(|it| it.parse()).transpose()?;

    let listener = TcpListener::bind(address).await.context("cannot listen")?;
    let settings = Settings {
        compiled: std::env::var_os("MAINSPRING_COMPILED").map(Into::into),
        ..Settings::at(data)
    };
    let engine = Engine::open_through(settings, move |store| match death {
        Some(death) => Arc::new(WatchedStore::new(store, Mortal::new(death))),
        None => store,
    })
    .await?;
    let services = Services::new(engine.clone()).await;
    tokio::select! {
        served = server::serve(services, listener, std::future::pending()) => Ok(served?),
        reason = engine.failed() => anyhow::bail!("the store failed: {reason}"),
    }
}
