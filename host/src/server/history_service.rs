//! Histories as the journal has them, for those who replay them elsewhere.

use super::front::{Front, target};
use crate::store::format::Chunk;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use mainspring_api::histories::{ExportHistoryRequest, ExportHistoryResponse, HistoryService};
use mainspring_api::limits::HISTORY_PART_BYTES;
use mainspring_api::temporal::common::v1::WorkflowExecution;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl HistoryService for Front {
    type ExportHistoryStream = BoxStream<'static, Result<ExportHistoryResponse, Status>>;

    async fn export_history(
        &self,
        request: Request<ExportHistoryRequest>,
    ) -> Result<Response<Self::ExportHistoryStream>, Status> {
        let ExportHistoryRequest {
            namespace,
            workflow_id,
            run_id,
        } = request.into_inner();
        let namespace = self.known_namespace(namespace)?;
        let target = target(namespace, Some(WorkflowExecution { workflow_id, run_id }))?;
        let history = self.engine().history(target).await?;
        let parts = parts(Chunk::encode(&history.records).bytes());
        let responses = parts.into_iter().map(|part| Ok(ExportHistoryResponse { part }));
        Ok(Response::new(stream::iter(responses).boxed()))
    }
}

/// Each small enough for any client.
fn parts(bytes: &Bytes) -> Vec<Bytes> {
    let begins = (0..bytes.len()).step_by(HISTORY_PART_BYTES);
    begins
        .map(|at| bytes.slice(at..bytes.len().min(at + HISTORY_PART_BYTES)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole() {
        let bytes: Bytes = (0..HISTORY_PART_BYTES * 2 + 5).map(|at| at as u8).collect();
        let parts = parts(&bytes);
        assert_eq!(parts.iter().map(Bytes::len).max(), Some(HISTORY_PART_BYTES));
        assert_eq!(parts.concat(), bytes);
    }
}
