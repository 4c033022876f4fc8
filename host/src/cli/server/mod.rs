//! `mainspring server` and `mainspring dev`: an engine with its front doors in this process.

mod address;
mod config;
mod config_text;
mod dev;
mod host;
mod logging;
mod open_error;
mod reload;
mod size;

pub(crate) use dev::DevArgs;

use super::output::print;
use super::{CliError, Exit};
use config::Config;
use host::Host;
use logging::LogArgs;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::runtime::Runtime;

/// How to run a server.
#[derive(Debug, clap::Args)]
pub(crate) struct ServerArgs {
    /// The data directory, made if there is none.
    #[arg(long, env = "MAINSPRING_DATA", hide_env_values = true, value_name = "DIRECTORY")]
    data: Option<PathBuf>,
    /// Where compiled modules are kept; servers of one user may share it [default: with the data]
    #[arg(long, env = "MAINSPRING_COMPILED", hide_env_values = true, value_name = "DIRECTORY")]
    compiled: Option<PathBuf>,
    /// A configuration file, in TOML; what is given here too goes before it.
    #[arg(long, env = "MAINSPRING_CONFIG", hide_env_values = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print a configuration file with every key, its meaning and its default, and do nothing else.
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    addresses: AddressArgs,
    #[command(flatten)]
    log: LogArgs,
}

/// Where to listen.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct AddressArgs {
    /// Where to answer gRPC: workers, clients, and this program's other commands [default: 127.0.0.1:7233]
    #[arg(long, env = "MAINSPRING_GRPC_ADDRESS", hide_env_values = true, value_name = "IP:PORT", value_parser = address::parse)]
    grpc_address: Option<SocketAddr>,
    /// Where to answer HTTP [default: 127.0.0.1:8233]
    #[arg(long, env = "MAINSPRING_HTTP_ADDRESS", hide_env_values = true, value_name = "IP:PORT", value_parser = address::parse)]
    http_address: Option<SocketAddr>,
}

impl ServerArgs {
    pub(super) fn run(self, runtime: impl FnOnce() -> Result<Runtime, CliError>) -> Result<Exit, CliError> {
        if self.print_config {
            print(&config_text::with_defaults())?;
            return Ok(Exit::Done);
        }
        let config = self.config()?;
        logging::start(&config.log)?;
        let settings = config.settings()?;
        runtime()?.block_on(async {
            let host = Host::open(settings, config.grpc_address, config.http_address).await?;
            tracing::info!(grpc = %host.grpc_address, http = %host.http_address, "serving");
            host.serve().await
        })
    }

    fn config(self) -> Result<Config, CliError> {
        let mut config = match &self.config {
            Some(path) => Config::read(path)?,
            None => Config::default(),
        };
        config.data = self.data.or(config.data);
        config.compiled = self.compiled.or(config.compiled);
        self.addresses.apply(&mut config);
        self.log.apply(&mut config.log);
        Ok(config)
    }
}

impl AddressArgs {
    fn apply(&self, config: &mut Config) {
        config.grpc_address = self.grpc_address.unwrap_or(config.grpc_address);
        config.http_address = self.http_address.unwrap_or(config.http_address);
    }
}
