//! Reading histories, page by page and as they grow.

use crate::cli::CliError;
use crate::cli::connection::Connection;
use mainspring_api::temporal::common::v1::WorkflowExecution;
use mainspring_api::temporal::enums::v1::{EventType, HistoryEventFilterType};
use mainspring_api::temporal::history::v1::HistoryEvent;
use mainspring_api::temporal::workflowservice::v1::GetWorkflowExecutionHistoryRequest;

/// A run's events, from the first on.
pub(super) struct HistoryReader {
    request: GetWorkflowExecutionHistoryRequest,
    is_over: bool,
}

impl HistoryReader {
    /// The events that there are now.
    pub(super) fn so_far(connection: &Connection, execution: WorkflowExecution) -> Self {
        Self::new(connection, execution, false, HistoryEventFilterType::AllEvent)
    }

    /// All events, until the run is closed.
    pub(super) fn following(connection: &Connection, execution: WorkflowExecution) -> Self {
        Self::new(connection, execution, true, HistoryEventFilterType::AllEvent)
    }

    /// The one event that closes the run, once it is there.
    pub(super) fn closing(connection: &Connection, execution: WorkflowExecution) -> Self {
        Self::new(connection, execution, true, HistoryEventFilterType::CloseEvent)
    }

    fn new(
        connection: &Connection,
        execution: WorkflowExecution,
        wait_new_event: bool,
        filter: HistoryEventFilterType,
    ) -> Self {
        let request = GetWorkflowExecutionHistoryRequest {
            namespace: connection.namespace.clone(),
            execution: Some(execution),
            wait_new_event,
            history_event_filter_type: filter.into(),
            ..Default::default()
        };
        Self {
            request,
            is_over: false,
        }
    }

    /// The next page. It may be empty where the server has waited in vain; none once there is nothing more.
    pub(super) async fn next(&mut self, connection: &mut Connection) -> Result<Option<Vec<HistoryEvent>>, CliError> {
        if self.is_over {
            return Ok(None);
        }
        let page = connection
            .workflows
            .get_workflow_execution_history(self.request.clone())
            .await?
            .into_inner();
        self.is_over = page.next_page_token.is_empty();
        self.request.next_page_token = page.next_page_token;
        Ok(Some(page.history.map(|history| history.events).unwrap_or_default()))
    }
}

/// Whether nothing more happens to a run after this event.
pub(super) fn closes(event: &HistoryEvent) -> bool {
    use EventType as E;
    matches!(
        event.event_type(),
        E::WorkflowExecutionCompleted
            | E::WorkflowExecutionFailed
            | E::WorkflowExecutionTimedOut
            | E::WorkflowExecutionCanceled
            | E::WorkflowExecutionTerminated
            | E::WorkflowExecutionContinuedAsNew
    )
}
