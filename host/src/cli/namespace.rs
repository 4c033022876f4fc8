//! `mainspring namespace`: tenants, and for how long their closed workflows are kept.

use super::connection::{Connection, ConnectionArgs};
use super::output::{Format, OutputArgs, note, print, print_json};
use super::render::namespaces;
use super::time::{parse_duration, to_wire};
use super::{CliError, Exit, protojson};
use mainspring_api::protobuf;
use mainspring_api::temporal::enums::v1::NamespaceState;
use mainspring_api::temporal::namespace::v1::{NamespaceConfig, UpdateNamespaceInfo};
use mainspring_api::temporal::operatorservice::v1::DeleteNamespaceRequest;
use mainspring_api::temporal::workflowservice::v1::{
    DescribeNamespaceRequest, DescribeNamespaceResponse, ListNamespacesRequest, RegisterNamespaceRequest,
    UpdateNamespaceRequest,
};

/// What to do with namespaces.
#[derive(Debug, clap::Args)]
pub(crate) struct NamespaceArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: NamespaceCommand,
}

#[derive(Debug, clap::Subcommand)]
enum NamespaceCommand {
    /// List the namespaces.
    List,
    /// Register a namespace.
    Create(CreateArgs),
    /// Tell all about a namespace.
    Describe(DescribeArgs),
    /// Change a namespace.
    Update(UpdateArgs),
    /// Remove a namespace with everything in it: workflows, schedules, modules.
    Delete(DeleteArgs),
}

#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// Its name.
    name: String,
    #[command(flatten)]
    facts: FactArgs,
}

#[derive(Debug, clap::Args)]
struct DescribeArgs {
    /// Its name.
    name: String,
}

#[derive(Debug, clap::Args)]
struct DeleteArgs {
    /// Its name.
    name: String,
    /// Yes, all of it. Workflows that run are terminated; there is no way back.
    #[arg(long, required = true)]
    yes: bool,
}

#[derive(Debug, clap::Args)]
struct UpdateArgs {
    /// Its name.
    name: String,
    #[command(flatten)]
    facts: FactArgs,
    /// Let it take no new workflows. Those that run go on; there is no way back.
    #[arg(long)]
    deprecate: bool,
}

#[derive(Debug, clap::Args)]
struct FactArgs {
    /// What it is for.
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// Whom to ask about it.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ADDRESS")]
    owner_email: String,
    /// How long closed workflows are kept: a duration such as 72h or 30d, or `forever`, which is how a new one keeps them.
    #[arg(long, value_name = "DURATION", value_parser = parse_retention)]
    retention: Option<protobuf::Duration>,
}

/// Zero stands for ever.
fn parse_retention(text: &str) -> Result<protobuf::Duration, String> {
    if text == "forever" {
        return Ok(protobuf::Duration::default());
    }
    parse_duration(text).map(to_wire)
}

impl NamespaceArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut connection = self.connection.connect().await?;
        let format = self.output.output;
        match self.command {
            NamespaceCommand::List => list(&mut connection, format).await,
            NamespaceCommand::Create(args) => create(&mut connection, args).await,
            NamespaceCommand::Describe(args) => describe(&mut connection, args, format).await,
            NamespaceCommand::Update(args) => update(&mut connection, args, format).await,
            NamespaceCommand::Delete(args) => delete(&mut connection, args).await,
        }
    }
}

async fn list(connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
    let listed = connection
        .workflows
        .list_namespaces(ListNamespacesRequest::default())
        .await?;
    let listed = listed.into_inner().namespaces;
    match format {
        Format::Json => {
            let values = listed.iter().map(protojson::to_json).collect::<Result<_, _>>()?;
            print_json(&serde_json::Value::Array(values))?;
        }
        Format::Text => print(&namespaces::list(&listed))?,
    }
    Ok(Exit::Done)
}

async fn create(connection: &mut Connection, args: CreateArgs) -> Result<Exit, CliError> {
    let request = RegisterNamespaceRequest {
        namespace: args.name.clone(),
        description: args.facts.description,
        owner_email: args.facts.owner_email,
        workflow_execution_retention_period: args.facts.retention,
        ..Default::default()
    };
    connection.workflows.register_namespace(request).await?;
    note(&format!("namespace {} is registered\n", args.name));
    Ok(Exit::Done)
}

async fn describe(connection: &mut Connection, args: DescribeArgs, format: Format) -> Result<Exit, CliError> {
    let request = DescribeNamespaceRequest {
        namespace: args.name,
        ..Default::default()
    };
    let described = connection.workflows.describe_namespace(request).await?;
    show(&described.into_inner(), format)
}

async fn update(connection: &mut Connection, args: UpdateArgs, format: Format) -> Result<Exit, CliError> {
    let state = if args.deprecate {
        NamespaceState::Deprecated
    } else {
        NamespaceState::Unspecified
    };
    let request = UpdateNamespaceRequest {
        namespace: args.name,
        update_info: Some(UpdateNamespaceInfo {
            description: args.facts.description,
            owner_email: args.facts.owner_email,
            state: state.into(),
            ..Default::default()
        }),
        config: args.facts.retention.map(|retention| NamespaceConfig {
            workflow_execution_retention_ttl: Some(retention),
            ..Default::default()
        }),
        ..Default::default()
    };
    let updated = connection.workflows.update_namespace(request).await?.into_inner();
    let described = DescribeNamespaceResponse {
        namespace_info: updated.namespace_info,
        config: updated.config,
        replication_config: updated.replication_config,
        ..Default::default()
    };
    show(&described, format)
}

async fn delete(connection: &mut Connection, args: DeleteArgs) -> Result<Exit, CliError> {
    let request = DeleteNamespaceRequest {
        namespace: args.name.clone(),
        ..Default::default()
    };
    connection.operator.delete_namespace(request).await?;
    note(&format!(
        "namespace {} is gone; what is in it is being removed\n",
        args.name
    ));
    Ok(Exit::Done)
}

fn show(described: &DescribeNamespaceResponse, format: Format) -> Result<Exit, CliError> {
    match format {
        Format::Json => print_json(&protojson::to_json(described)?)?,
        Format::Text => print(&namespaces::full(described))?,
    }
    Ok(Exit::Done)
}
