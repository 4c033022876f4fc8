//! Listing and counting schedules.
//!
//! Filters are those of runs, on what a schedule carries: its search attributes, and two that every schedule has.
//! Schedules are far fewer than runs, so there is no index: a page is found by looking, and looking has a bound.

use super::{next_times, search_attributes};
use crate::{
    list_filter,
    server::{
        convert::{InvalidField, list_info_to_wire, memo_to_wire},
        front::Front,
        limits::{PAGE_ENTRIES_MAX, page_entries, required_name},
    },
    store::search::{Attribute, AttributeType, AttributeTypes, Condition, Value, read},
};
use mainspring_api::temporal::{
    schedule::v1::ScheduleListEntry,
    workflowservice::v1::{CountSchedulesRequest, CountSchedulesResponse, ListSchedulesRequest, ListSchedulesResponse},
};
use mainspring_core::schedule::Schedule;
use tonic::Status;

/// Times that a list looks ahead.
const NEXT_TIMES_MAX: usize = 5;

/// What every schedule is found by.
const SCHEDULE_ID: &str = "ScheduleId";
const PAUSED: &str = "TemporalSchedulePaused";

pub(crate) async fn list(front: &Front, request: ListSchedulesRequest) -> Result<ListSchedulesResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let types = search_attributes::types_of(front, &namespace);
    let condition = condition(&request.query, &types)?;
    let limit = page_entries(request.maximum_page_size);
    let after = page_token(request.next_page_token)?;
    let looked_at = front.engine().schedules(namespace, after, PAGE_ENTRIES_MAX).await?;
    let is_last = looked_at.len() < PAGE_ENTRIES_MAX;
    let mut schedules = Vec::new();
    let mut last = None;
    for schedule in &looked_at {
        if schedules.len() == limit {
            break;
        }
        last = Some(schedule);
        if matches(&condition, schedule) {
            schedules.push(entry(front, schedule, &types));
        }
    }
    let has_more = !is_last || last.map(|it| &it.id) != looked_at.last().map(|it| &it.id);
    Ok(ListSchedulesResponse {
        schedules,
        next_page_token: last
            .filter(|_| has_more)
            .map(|last| last.id.clone().into_bytes())
            .unwrap_or_default(),
    })
}

pub(crate) async fn count(front: &Front, request: CountSchedulesRequest) -> Result<CountSchedulesResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let condition = condition(&request.query, &search_attributes::types_of(front, &namespace))?;
    let mut count = 0;
    let mut after = None;
    loop {
        let page = front
            .engine()
            .schedules(namespace.clone(), after, PAGE_ENTRIES_MAX)
            .await?;
        count += page.iter().filter(|schedule| matches(&condition, schedule)).count();
        match page.last() {
            Some(last) if page.len() == PAGE_ENTRIES_MAX => after = Some(last.id.clone()),
            _ => break,
        }
    }
    Ok(CountSchedulesResponse {
        count: i64::try_from(count).unwrap_or(i64::MAX),
        groups: Vec::new(),
    })
}

fn condition(query: &str, types: &AttributeTypes) -> Result<Condition, Status> {
    let mut types = types.clone();
    types.insert(SCHEDULE_ID.to_owned(), AttributeType::Keyword);
    let filter = list_filter::parse(query, &types)?;
    if filter.groups_by_status {
        return Err(InvalidField::new("query", "schedules have no status to group them by").into());
    }
    if filter.order.is_some() {
        return Err(InvalidField::new("query", "schedules are listed by their ids; there is no ORDER BY").into());
    }
    let of_runs = filter.condition.attributes().into_iter().find_map(|it| match it {
        Attribute::System(system) => Some(system.name_and_type().0),
        Attribute::Carried(..) => None,
    });
    match of_runs {
        None => Ok(filter.condition),
        Some(name) => {
            let problem = format!(
                "{name} is of workflows; schedules are found by {SCHEDULE_ID}, {PAUSED} and their search attributes"
            );
            Err(InvalidField::new("query", problem).into())
        }
    }
}

fn matches(condition: &Condition, schedule: &Schedule) -> bool {
    condition.holds(&|attribute| match attribute {
        Attribute::Carried(name, _) if name == SCHEDULE_ID => vec![Value::Text(schedule.id.clone())],
        Attribute::Carried(name, _) if name == PAUSED => vec![Value::Bool(schedule.activity.paused)],
        Attribute::Carried(name, of_type) => {
            let carried = schedule.search_attributes.iter().find(|(known, _)| known == name);
            let values = carried.and_then(|(_, payload)| read(payload, *of_type));
            values.unwrap_or_default()
        }
        Attribute::System(_) => Vec::new(),
    })
}

fn entry(front: &Front, schedule: &Schedule, types: &AttributeTypes) -> ScheduleListEntry {
    let next = next_times(front, schedule, NEXT_TIMES_MAX);
    ScheduleListEntry {
        schedule_id: schedule.id.clone(),
        memo: memo_to_wire(&schedule.memo),
        search_attributes: search_attributes::typed(&schedule.search_attributes, types),
        info: Some(list_info_to_wire(schedule, &next)),
    }
}

/// A list goes on after the schedule that its token names.
fn page_token(token: Vec<u8>) -> Result<Option<String>, InvalidField> {
    if token.is_empty() {
        return Ok(None);
    }
    let malformed = |_| InvalidField::new("next_page_token", "is not one that a list of this server ended with");
    String::from_utf8(token).map(Some).map_err(malformed)
}
