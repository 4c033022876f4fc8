//! `mainspring search-attribute`: the names and types of what workflows are found by.

use super::connection::{Connection, ConnectionArgs};
use super::output::{Format, OutputArgs, note, print, print_json};
use super::render::search_attributes;
use super::{CliError, Exit, protojson};
use mainspring_api::temporal::enums::v1::IndexedValueType;
use mainspring_api::temporal::operatorservice::v1::{
    AddSearchAttributesRequest, ListSearchAttributesRequest, RemoveSearchAttributesRequest,
};

/// What to do with search attributes.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchAttributeArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: SearchAttributeCommand,
}

#[derive(Debug, clap::Subcommand)]
enum SearchAttributeCommand {
    /// Give a name a type, so that workflows can carry it and be found by it.
    Add(AddArgs),
    /// List the names and their types.
    List,
    /// Take the type from a name. Workflows keep what they carry, and are not found by it any more.
    Remove(RemoveArgs),
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// The name.
    name: String,
    /// The type.
    #[arg(value_enum)]
    of_type: TypeArg,
}

#[derive(Debug, clap::Args)]
struct RemoveArgs {
    /// The name.
    name: String,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
#[value(rename_all = "PascalCase")]
enum TypeArg {
    /// Text that is found by its words.
    Text,
    /// Text that is found as a whole.
    Keyword,
    /// A whole number.
    Int,
    /// A number.
    Double,
    /// True or false.
    Bool,
    /// A moment.
    Datetime,
    /// Any number of keywords.
    KeywordList,
}

impl SearchAttributeArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut connection = self.connection.connect().await?;
        match self.command {
            SearchAttributeCommand::Add(args) => add(&mut connection, args).await,
            SearchAttributeCommand::List => list(&mut connection, self.output.output).await,
            SearchAttributeCommand::Remove(args) => remove(&mut connection, args).await,
        }
    }
}

async fn add(connection: &mut Connection, args: AddArgs) -> Result<Exit, CliError> {
    let of_type = match args.of_type {
        TypeArg::Text => IndexedValueType::Text,
        TypeArg::Keyword => IndexedValueType::Keyword,
        TypeArg::Int => IndexedValueType::Int,
        TypeArg::Double => IndexedValueType::Double,
        TypeArg::Bool => IndexedValueType::Bool,
        TypeArg::Datetime => IndexedValueType::Datetime,
        TypeArg::KeywordList => IndexedValueType::KeywordList,
    };
    let request = AddSearchAttributesRequest {
        namespace: connection.namespace.clone(),
        search_attributes: [(args.name.clone(), of_type.into())].into(),
    };
    connection.operator.add_search_attributes(request).await?;
    note(&format!("workflows can be found by {}\n", args.name));
    Ok(Exit::Done)
}

async fn list(connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
    let request = ListSearchAttributesRequest {
        namespace: connection.namespace.clone(),
    };
    let listed = connection.operator.list_search_attributes(request).await?.into_inner();
    match format {
        Format::Json => print_json(&protojson::to_json(&listed)?)?,
        Format::Text => print(&search_attributes::list(&listed))?,
    }
    Ok(Exit::Done)
}

async fn remove(connection: &mut Connection, args: RemoveArgs) -> Result<Exit, CliError> {
    let request = RemoveSearchAttributesRequest {
        namespace: connection.namespace.clone(),
        search_attributes: vec![args.name.clone()],
    };
    connection.operator.remove_search_attributes(request).await?;
    note(&format!("workflows cannot be found by {} any more\n", args.name));
    Ok(Exit::Done)
}
