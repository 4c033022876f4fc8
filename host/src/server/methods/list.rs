//! Listing and counting runs.

use super::{
    describe::{info, show_blocked},
    list_token, search_attributes,
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
        search::{
            Attribute, AttributeTypes, Check, Condition, OrderedQuery, RunQuery, STATUSES, SystemAttribute, Test, Value,
        },
    },
};
use mainspring_api::temporal::workflow::v1::WorkflowExecutionInfo;
use mainspring_api::temporal::workflowservice::v1::{
    CountWorkflowExecutionsRequest, CountWorkflowExecutionsResponse, ListWorkflowExecutionsRequest,
    ListWorkflowExecutionsResponse, count_workflow_executions_response::AggregationGroup,
};
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
    let (token, limit) = (&request.next_page_token, page_entries(request.page_size));
    let (runs, next) = match filter.order {
        None => {
            let query = RunQuery {
                namespace,
                condition: filter.condition,
                before: list_token::read_run(token)?,
                limit,
            };
            let page = front.engine().find_runs(query).await?;
            (page.runs, page.next.map(list_token::write_run))
        }
        Some(order) => {
            let query = OrderedQuery {
                namespace,
                condition: filter.condition,
                order,
                after: list_token::read_place(token)?,
                limit,
            };
            let page = front.engine().find_in_order(query).await?;
            (page.runs, page.next.as_ref().map(list_token::write_place))
        }
    };
    Ok(ListWorkflowExecutionsResponse {
        executions: runs.iter().map(|run| listed(front, run, &types)).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

/// A run that cannot go on says so here, too.
fn listed(front: &Front, run: &RunSummary, types: &AttributeTypes) -> WorkflowExecutionInfo {
    let mut info = info(run, types);
    if !run.status.is_closed() {
        // Lists are not written anew with every step, and nothing is better than what was.
        info.history_length = 0;
        info.history_size_bytes = 0;
        info.state_transition_count = 0;
    }
    let blocked = front.engine().blocked(run).filter(|_| !run.status.is_closed());
    if let Some(blocked) = blocked {
        show_blocked(&mut info, &blocked);
    }
    info
}

pub(crate) async fn count(
    front: &Front,
    request: CountWorkflowExecutionsRequest,
) -> Result<CountWorkflowExecutionsResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let filter = list_filter::parse(&request.query, &search_attributes::types_of(front, &namespace))?;
    if filter.order.is_some() {
        return Err(InvalidField::new("query", "ORDER BY is for lists; a count has no order").into());
    }
    if !filter.groups_by_status {
        return Ok(CountWorkflowExecutionsResponse {
            count: count_of(front, namespace, filter.condition).await?,
            groups: Vec::new(),
        });
    }
    let mut groups = Vec::new();
    for (status, _) in STATUSES {
        let condition = and_status(filter.condition.clone(), status);
        match count_of(front, namespace.clone(), condition).await? {
            0 => {}
            count => groups.push(group(status, count)),
        }
    }
    Ok(CountWorkflowExecutionsResponse {
        count: groups.iter().map(|group| group.count).sum(),
        groups,
    })
}

/// Counts page by page, so that nothing else waits for long.
async fn count_of(front: &Front, namespace: String, condition: Condition) -> Result<i64, Status> {
    let mut query = RunQuery {
        namespace,
        condition,
        before: None,
        limit: PAGE_ENTRIES_MAX,
    };
    let mut total = 0;
    loop {
        let counted = front.engine().count_runs(query.clone()).await?;
        total += counted.runs as i64;
        query.before = counted.next;
        if query.before.is_none() {
            return Ok(total);
        }
    }
}

fn and_status(condition: Condition, status: &str) -> Condition {
    let is_status = Condition::Test(Test {
        attribute: Attribute::System(SystemAttribute::ExecutionStatus),
        check: Check::OneOf(vec![Value::Text(status.to_owned())]),
        is_negated: false,
    });
    match condition {
        Condition::All(all) if all.is_empty() => is_status,
        condition => Condition::All(vec![is_status, condition]),
    }
}

fn group(status: &str, count: i64) -> AggregationGroup {
    let mut name = json_payload(&serde_json::Value::from(status));
    name.metadata.insert("type".to_owned(), b"Keyword".to_vec());
    AggregationGroup {
        group_values: vec![name],
        count,
    }
}

impl From<FilterError> for Status {
    fn from(error: FilterError) -> Self {
        Self::invalid_argument(error.to_string())
    }
}
