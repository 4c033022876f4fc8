//! Listing and counting runs.

use super::describe::info;
use crate::{
    server::{
        convert::{InvalidField, json_payload},
        front::Front,
        limits::{page_entries, required_name},
        list_filter::{self, FilterError, STATUSES},
    },
    store::RunSummary,
};
use mainspring_api::temporal::workflowservice::v1::{
    CountWorkflowExecutionsRequest, CountWorkflowExecutionsResponse, ListWorkflowExecutionsRequest,
    ListWorkflowExecutionsResponse, count_workflow_executions_response::AggregationGroup,
};
use mainspring_core::{RunId, RunStatus};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tonic::Status;

pub(crate) async fn list(
    front: &Front,
    request: ListWorkflowExecutionsRequest,
) -> Result<ListWorkflowExecutionsResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let filter = list_filter::parse(&request.query)?;
    if filter.groups_by_status {
        return Err(InvalidField::new("query", "GROUP BY is for counting; a list has no groups").into());
    }
    let before = page_token(&request.next_page_token)?;
    let limit = page_entries(request.page_size);
    let (runs, next) = front
        .engine()
        .list_runs(&namespace, before, limit, move |run| filter.matches(run))
        .await?;
    Ok(ListWorkflowExecutionsResponse {
        executions: runs.iter().map(info).collect(),
        next_page_token: next.map(|next| next.as_bytes().to_vec()).unwrap_or_default(),
    })
}

/// Counts by looking at every run of the namespace, page by page, so that nothing else waits for long.
pub(crate) async fn count(
    front: &Front,
    request: CountWorkflowExecutionsRequest,
) -> Result<CountWorkflowExecutionsResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let filter = Arc::new(list_filter::parse(&request.query)?);
    let counts = Arc::new(Counts::default());
    let mut before = None;
    loop {
        let (filter, counts) = (filter.clone(), counts.clone());
        // Nothing is wanted: what matches is counted as it passes.
        let count = move |run: &RunSummary| {
            if filter.matches(run) {
                counts.add(run.status);
            }
            false
        };
        let (_, next) = front.engine().list_runs(&namespace, before, 1, count).await?;
        if next.is_none() {
            break;
        }
        before = next;
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
struct Counts([AtomicI64; STATUSES.len()]);

impl Counts {
    fn add(&self, status: RunStatus) {
        if let Some(at) = STATUSES.iter().position(|(_, known)| *known == status) {
            self.0[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    fn total(&self) -> i64 {
        self.0.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    fn groups(&self) -> Vec<AggregationGroup> {
        let counts = STATUSES
            .iter()
            .zip(&self.0)
            .map(|((name, _), count)| (name, count.load(Ordering::Relaxed)));
        let groups = counts.filter(|(_, count)| *count > 0).map(|(name, count)| {
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
