//! `mainspring workflow export`.

use super::Selection;
use crate::cli::connection::Connection;
use crate::cli::exported::Exported;
use crate::cli::output::{note, print_json};
use crate::cli::{CliError, Exit};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    workflow: Selection,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "HISTORY.json")]
    out: Option<PathBuf>,
}

impl ExportArgs {
    pub(super) async fn run(self, connection: &mut Connection) -> Result<Exit, CliError> {
        let execution = self.workflow.execution();
        let exported = Exported::fetch(connection, execution.workflow_id, execution.run_id).await?;
        let json = serde_json::to_value(&exported).map_err(|error| CliError::failed(&error))?;
        let Some(out) = self.out else {
            print_json(&json)?;
            return Ok(Exit::Done);
        };
        std::fs::write(&out, format!("{json:#}\n"))
            .map_err(|error| CliError::new(Exit::Failed, format!("cannot write {}: {error}", out.display())))?;
        note(&format!("{} events written to {}\n", exported.events, out.display()));
        Ok(Exit::Done)
    }
}
