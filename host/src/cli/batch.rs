//! `mainspring batch`: what is done to many workflows at once. `mainspring workflow … --query` starts it.

use super::connection::{Connection, ConnectionArgs, identity};
use super::output::{Format, OutputArgs, note, print, print_json};
use super::render::batches;
use super::time::Viewpoint;
use super::{CliError, Exit, protojson};
use mainspring_api::temporal::batch::v1::BatchOperationInfo;
use mainspring_api::temporal::workflowservice::v1::{
    DescribeBatchOperationRequest, ListBatchOperationsRequest, StopBatchOperationRequest,
};

/// What to do with batch operations.
#[derive(Debug, clap::Args)]
pub(crate) struct BatchArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: BatchCommand,
}

#[derive(Debug, clap::Subcommand)]
enum BatchCommand {
    /// List batch operations, the latest first.
    List,
    /// Tell how far a batch operation is.
    Describe(JobArgs),
    /// Stop a batch operation. What it has done stays done.
    Stop(StopArgs),
}

#[derive(Debug, clap::Args)]
struct JobArgs {
    /// Its job id.
    job_id: String,
}

#[derive(Debug, clap::Args)]
struct StopArgs {
    #[command(flatten)]
    job: JobArgs,
    /// Why.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl BatchArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut connection = self.connection.connect().await?;
        let format = self.output.output;
        match self.command {
            BatchCommand::List => list(&mut connection, format).await,
            BatchCommand::Describe(args) => describe(&mut connection, args, format).await,
            BatchCommand::Stop(args) => stop(&mut connection, args).await,
        }
    }
}

async fn list(connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
    let listed = read(connection).await?;
    match format {
        Format::Json => {
            let values = listed.iter().map(protojson::to_json).collect::<Result<_, _>>()?;
            print_json(&serde_json::Value::Array(values))?;
        }
        Format::Text if listed.is_empty() => note("no batch operations\n"),
        Format::Text => print(&batches::list(&listed, &Viewpoint::here()))?,
    }
    Ok(Exit::Done)
}

/// All pages: a server keeps a bounded number.
async fn read(connection: &mut Connection) -> Result<Vec<BatchOperationInfo>, CliError> {
    let mut found = Vec::new();
    let mut next_page_token = Vec::new();
    loop {
        let request = ListBatchOperationsRequest {
            namespace: connection.namespace.clone(),
            next_page_token,
            ..Default::default()
        };
        let page = connection.workflows.list_batch_operations(request).await?.into_inner();
        found.extend(page.operation_info);
        if page.next_page_token.is_empty() {
            return Ok(found);
        }
        next_page_token = page.next_page_token;
    }
}

async fn describe(connection: &mut Connection, args: JobArgs, format: Format) -> Result<Exit, CliError> {
    let request = DescribeBatchOperationRequest {
        namespace: connection.namespace.clone(),
        job_id: args.job_id,
    };
    let described = connection.workflows.describe_batch_operation(request).await?;
    let described = described.into_inner();
    match format {
        Format::Json => print_json(&protojson::to_json(&described)?)?,
        Format::Text => print(&batches::full(&described, &Viewpoint::here()))?,
    }
    Ok(Exit::Done)
}

async fn stop(connection: &mut Connection, args: StopArgs) -> Result<Exit, CliError> {
    let request = StopBatchOperationRequest {
        namespace: connection.namespace.clone(),
        job_id: args.job.job_id.clone(),
        reason: args.reason,
        identity: identity(),
    };
    connection.workflows.stop_batch_operation(request).await?;
    note(&format!("batch operation {} is stopped\n", args.job.job_id));
    Ok(Exit::Done)
}
