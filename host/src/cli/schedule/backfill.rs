//! `mainspring schedule backfill`.

use super::{Overlap, Selection, overlap_to_wire, patch};
use crate::cli::connection::Connection;
use crate::cli::{CliError, Exit, time};
use mainspring_api::protobuf;
use mainspring_api::temporal::schedule::v1::{BackfillRequest, SchedulePatch};

#[derive(Debug, clap::Args)]
pub(super) struct BackfillArgs {
    #[command(flatten)]
    schedule: Selection,
    /// The first moment, as in 2030-01-31T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time::parse_moment)]
    from: protobuf::Timestamp,
    /// The last moment.
    #[arg(long, value_name = "TIME", value_parser = time::parse_moment)]
    until: protobuf::Timestamp,
    /// What becomes of a start while a workflow of the schedule runs. Left out, it is the schedule's own policy.
    #[arg(long, value_enum, value_name = "POLICY")]
    overlap: Option<Overlap>,
}

impl BackfillArgs {
    pub(super) async fn run(self, connection: &mut Connection) -> Result<Exit, CliError> {
        let backfill = BackfillRequest {
            start_time: Some(self.from),
            end_time: Some(self.until),
            overlap_policy: overlap_to_wire(self.overlap),
        };
        let patch = SchedulePatch {
            backfill_request: vec![backfill],
            ..Default::default()
        };
        patch::send(connection, self.schedule, patch, "goes through that time once more").await
    }
}
