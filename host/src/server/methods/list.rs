//! Listing and counting runs.

use super::{
    describe::{info, show_blocked},
    search_attributes,
};
use crate::{
    list_filter::{self, FilterError},
    server::{
        convert::{InvalidField, json_payload},
        front::Front,
        limits::{PAGE_ENTRIES_MAX, page_entries, required_name},
    },
    store::{
        RunSummary,
        search::{AttributeTypes, RunQuery, STATUSES},
    },
};
use mainspring_api::temporal::workflow::v1::WorkflowExecutionInfo;
use mainspring_api::temporal::workflowservice::v1::{
    CountWorkflowExecutionsRequest, CountWorkflowExecutionsResponse, ListWorkflowExecutionsRequest,
    ListWorkflowExecutionsResponse, count_workflow_executions_response::AggregationGroup,
};
use mainspring_core::{RunId, RunStatus};
use tonic::Status;

pub(crate) async fn list(
    front: &Front,
    request: ListWorkflowExecutionsRequest,
) -> Result<ListWorkflowExecutionsResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let types = search_attributes::types_of(front, &namespace);
    let filter = list_filter::parse(&request.query, &types)?;
    if filter.groups_by_status {
        return Err(InvalidField::new("query", "GROUP BY is for counting; a list has no groups").into());
    }
    let query = RunQuery {
        namespace,
        condition: filter.condition,
        before: page_token(&request.next_page_token)?,
        limit: page_entries(request.page_size),
    };
    let page = front.engine().find_runs(query).await?;
    Ok(ListWorkflowExecutionsResponse {
        executions: page.runs.iter().map(|run| listed(front, run, &types)).collect(),
        next_page_token: page.next.map(|next| next.as_bytes().to_vec()).unwrap_or_default(),
    })
}

/// A run that cannot go on says so here, too.
fn listed(front: &Front, run: &RunSummary, types: &AttributeTypes) -> WorkflowExecutionInfo {
    let mut info = info(run, types);
    let blocked = front.engine().blocked(run).filter(|_| !run.status.is_closed());
    if let Some(blocked) = blocked {
        show_blocked(&mut info, &blocked);
    }
    info
}

/// Counts page by page, so that nothing else waits for long.
pub(crate) async fn count(
    front: &Front,
    request: CountWorkflowExecutionsRequest,
) -> Result<CountWorkflowExecutionsResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let filter = list_filter::parse(&request.query, &search_attributes::types_of(front, &namespace))?;
    let mut counts = Counts::default();
    let mut query = RunQuery {
        namespace,
        condition: filter.condition,
        before: None,
        limit: PAGE_ENTRIES_MAX,
    };
    loop {
        let page = front.engine().find_runs(query.clone()).await?;
        page.runs.iter().for_each(|run| counts.add(run.status));
        if page.next.is_none() {
            break;
        }
        query.before = page.next;
    }
    let groups = if filter.groups_by_status {
        counts.groups()
    } else {
        Vec::new()
    };
    Ok(CountWorkflowExecutionsResponse {
        count: counts.total(),
        groups,
    })
}

/// Runs by status, in the order of [`STATUSES`].
#[derive(Default)]
struct Counts([i64; STATUSES.len()]);

impl Counts {
    fn add(&mut self, status: RunStatus) {
        if let Some(at) = STATUSES.iter().position(|(_, known)| *known == status) {
            self.0[at] += 1;
        }
    }

    fn total(&self) -> i64 {
        self.0.iter().sum()
    }

    fn groups(&self) -> Vec<AggregationGroup> {
        let counts = STATUSES.iter().zip(self.0).filter(|(_, count)| *count > 0);
        let groups = counts.map(|((name, _), count)| {
            let mut name = json_payload(&serde_json::Value::from(*name));
            name.metadata.insert("type".to_owned(), b"Keyword".to_vec());
            AggregationGroup {
                group_values: vec![name],
                count,
            }
        });
        groups.collect()
    }
}

/// A list goes on before the run that its token names.
fn page_token(token: &[u8]) -> Result<Option<RunId>, InvalidField> {
    if token.is_empty() {
        return Ok(None);
    }
    let malformed = |_| InvalidField::new("next_page_token", "is not one that a list of this server ended with");
    <[u8; 16]>::try_from(token)
        .map(|bytes| Some(RunId::from_bytes(bytes)))
        .map_err(malformed)
}

impl From<FilterError> for Status {
    fn from(error: FilterError) -> Self {
        Self::invalid_argument(error.to_string())
    }
}
