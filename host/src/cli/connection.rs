//! The way to a server, for all commands that are its clients.

use super::{CliError, Exit};
use mainspring_api::control::ControlServiceClient;
use mainspring_api::histories::HistoryServiceClient;
use mainspring_api::limits::RESPONSE_BYTES_MAX;
use mainspring_api::modules::ModuleServiceClient;
use mainspring_api::operator_service::OperatorServiceClient;
use mainspring_api::workflow_service::WorkflowServiceClient;
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the server is, and which of its tenants is meant.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// The server's gRPC address, as HOST:PORT.
    #[arg(
        long,
        global = true,
        env = "MAINSPRING_ADDRESS",
        hide_env_values = true,
        default_value = "127.0.0.1:7233",
        value_name = "HOST:PORT"
    )]
    address: String,

    /// The namespace.
    #[arg(
        long,
        short,
        global = true,
        env = "MAINSPRING_NAMESPACE",
        hide_env_values = true,
        default_value = "default",
        value_name = "NAME"
    )]
    pub(crate) namespace: String,
}

/// A server that has answered.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) namespace: String,
    pub(crate) workflows: WorkflowServiceClient<Channel>,
    pub(crate) modules: ModuleServiceClient<Channel>,
    pub(crate) operator: OperatorServiceClient<Channel>,
    pub(crate) control: ControlServiceClient<Channel>,
    pub(crate) histories: HistoryServiceClient<Channel>,
}

impl ConnectionArgs {
    pub(crate) async fn connect(&self) -> Result<Connection, CliError> {
        let endpoint = endpoint(&self.address)?;
        let channel = endpoint.connect().await.map_err(|_| {
            CliError::new(Exit::Unreachable, format!("no server answers at {}", self.address))
                .hint("start one with `mainspring dev`, or name another with --address or MAINSPRING_ADDRESS")
        })?;
        Ok(Connection {
            namespace: self.namespace.clone(),
            workflows: WorkflowServiceClient::new(channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX),
            operator: OperatorServiceClient::new(channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX),
            control: ControlServiceClient::new(channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX),
            histories: HistoryServiceClient::new(channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX),
            modules: ModuleServiceClient::new(channel).max_decoding_message_size(RESPONSE_BYTES_MAX),
        })
    }
}

fn endpoint(address: &str) -> Result<Endpoint, CliError> {
    if address.starts_with("https://") {
        let message = "this version speaks no TLS; put a proxy that does in front of both ends";
        return Err(CliError::new(Exit::Usage, message));
    }
    let uri = if address.contains("://") {
        address.to_owned()
    } else {
        format!("http://{address}")
    };
    let endpoint = Endpoint::from_shared(uri)
        .map_err(|_| CliError::new(Exit::Usage, format!("{address:?} is no address; write it as HOST:PORT")))?;
    Ok(endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        // Long polls are quiet for long; a dead server should still be noticed.
        .http2_keep_alive_interval(Duration::from_secs(30)))
}

/// Who calls, as histories record it.
pub(crate) fn identity() -> String {
    let host = rustix::system::uname();
    format!(
        "mainspring-cli:{}@{}",
        std::process::id(),
        host.nodename().to_string_lossy()
    )
}

/// A key by which the server recognises a request that comes again.
pub(crate) fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
