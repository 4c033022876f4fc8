//! Reading histories: page by page, forwards or backwards, and waiting for what is yet to come.

use crate::{
    server::{
        convert::{InvalidField, choice_from_wire},
        front::{Front, target},
        history::{child_initiated, to_wire},
        limits::page_entries,
        long_poll,
    },
    shard::{Progress, Target},
};
use mainspring_api::temporal::{
    enums::v1::HistoryEventFilterType,
    history::v1::{History, HistoryEvent, history_event::Attributes},
    workflowservice::v1::{
        GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse,
        GetWorkflowExecutionHistoryReverseRequest, GetWorkflowExecutionHistoryReverseResponse,
    },
};
use mainspring_core::{Event, Record, RunId, RunStatus};
use prost::Message;
use std::ops::Range;
use tokio::time::Instant;
use tonic::{Request, Status};

/// A page ends before it exceeds this size, unless its first event alone does. Clients take 4 MiB at least.
const PAGE_BYTES_MAX: usize = 3 * 1024 * 1024;

pub(crate) async fn forward(
    front: &Front,
    request: Request<GetWorkflowExecutionHistoryRequest>,
) -> Result<GetWorkflowExecutionHistoryResponse, Status> {
    let deadline = Instant::now() + long_poll::events_wait(request.metadata());
    let request = request.into_inner();
    let filter: HistoryEventFilterType =
        choice_from_wire("history_event_filter_type", request.history_event_filter_type)?;
    let close_event_only = filter == HistoryEventFilterType::CloseEvent;
    let mut target = target(request.namespace, request.execution)?;
    let token = PageToken::read(&request.next_page_token)?;
    // A page belongs to the run that the first one was of, whichever is the current one by now.
    target.run_id = token.map(|token| token.run_id).or(target.run_id);
    let wait_until = request.wait_new_event.then_some(deadline);
    if close_event_only {
        return close_event(front, target, wait_until).await;
    }
    let shown = token.map_or(0, |token| token.shown);
    page(
        front,
        target,
        shown,
        page_entries(request.maximum_page_size),
        wait_until,
    )
    .await
}

/// The event that closed the run, once there is one; otherwise nothing, and a token to ask again with.
async fn close_event(
    front: &Front,
    mut target: Target,
    wait_until: Option<Instant>,
) -> Result<GetWorkflowExecutionHistoryResponse, Status> {
    let mut progress = front.engine().progress(target.clone(), 0).await?;
    target.run_id = Some(progress.run_id);
    while !progress.status.is_closed() {
        let Some(deadline) = wait_until else {
            // As Temporal does it: `temporal workflow describe` asks for the end of whatever does not run.
            return match progress.status {
                RunStatus::Paused => last_event(front, target).await,
                _ => Ok(answer(Vec::new(), None)),
            };
        };
        // No history is as long: only its end is waited for, and not every step.
        match progress_until(front, &target, u64::MAX, deadline).await? {
            Some(further) => progress = further,
            None => {
                return Ok(answer(
                    Vec::new(),
                    Some(PageToken {
                        run_id: progress.run_id,
                        shown: 0,
                    }),
                ));
            }
        }
    }
    last_event(front, target).await
}

async fn last_event(front: &Front, target: Target) -> Result<GetWorkflowExecutionHistoryResponse, Status> {
    let history = front.engine().history(target).await?;
    Ok(answer(to_wire(&history.records).pop().into_iter().collect(), None))
}

/// The events after the first `shown`. If there are none yet, waits for some.
async fn page(
    front: &Front,
    mut target: Target,
    shown: usize,
    entries_max: usize,
    wait_until: Option<Instant>,
) -> Result<GetWorkflowExecutionHistoryResponse, Status> {
    loop {
        let history = front.engine().history(target.clone()).await?;
        target.run_id = Some(history.run_id);
        let is_closed = history
            .records
            .last()
            .is_some_and(|record| record.event.closes_as().is_some());
        let mut events = to_wire(&history.records);
        let has_nothing_new = events.len() <= shown && !is_closed;
        let Some(deadline) = wait_until.filter(|_| has_nothing_new) else {
            let page = page_range(&events, shown, entries_max);
            let goes_on = page.end < events.len() || (wait_until.is_some() && !is_closed);
            let next = goes_on.then_some(PageToken {
                run_id: history.run_id,
                shown: page.end,
            });
            events.truncate(page.end);
            events.drain(..page.start);
            name_initiation(front, &history.records, &mut events).await;
            return Ok(answer(events, next));
        };
        let known = history.records.len() as u64;
        if progress_until(front, &target, known, deadline).await?.is_none() {
            return Ok(answer(
                Vec::new(),
                Some(PageToken {
                    run_id: history.run_id,
                    shown,
                }),
            ));
        }
    }
}

/// The whole history from its end, page by page.
pub(crate) async fn reverse(
    front: &Front,
    request: GetWorkflowExecutionHistoryReverseRequest,
) -> Result<GetWorkflowExecutionHistoryReverseResponse, Status> {
    let mut target = target(request.namespace, request.execution)?;
    let token = PageToken::read(&request.next_page_token)?;
    target.run_id = token.map(|token| token.run_id).or(target.run_id);
    let history = front.engine().history(target).await?;
    let mut events = to_wire(&history.records);
    // What was added since the first page was read comes after that page and is left out.
    let left = token.map_or(events.len(), |token| token.shown.min(events.len()));
    events.truncate(left);
    events.reverse();
    let page = page_range(&events, 0, page_entries(request.maximum_page_size));
    events.truncate(page.end);
    name_initiation(front, &history.records, &mut events).await;
    let next = (page.end < left).then(|| PageToken {
        run_id: history.run_id,
        shown: left - page.end,
    });
    Ok(GetWorkflowExecutionHistoryReverseResponse {
        history: Some(History { events }),
        next_page_token: next.map(PageToken::write).unwrap_or_default(),
    })
}

/// Further progress, or nothing at the deadline or when the server is to stop.
async fn progress_until(
    front: &Front,
    target: &Target,
    beyond: u64,
    deadline: Instant,
) -> Result<Option<Progress>, Status> {
    let further = front.engine().progress(target.clone(), beyond);
    Ok(long_poll::until(front, deadline, further).await.transpose()?)
}

/// Which events a page holds, from `start` on.
fn page_range(events: &[HistoryEvent], start: usize, entries_max: usize) -> Range<usize> {
    let start = start.min(events.len());
    let mut bytes = 0;
    let mut end = start;
    for event in &events[start..] {
        bytes += event.encoded_len();
        if end - start >= entries_max || (bytes > PAGE_BYTES_MAX && end > start) {
            break;
        }
        end += 1;
    }
    start..end
}

/// Says in a child's first event which event of its parent's history began it. Runs of older builds were not told: for
/// them it is looked up in that history, if that is kept.
async fn name_initiation(front: &Front, records: &[Record], events: &mut [HistoryEvent]) {
    let started = events.iter_mut().find_map(|event| match &mut event.attributes {
        Some(Attributes::WorkflowExecutionStartedEventAttributes(started)) => Some(started),
        _ => None,
    });
    let parent = match records.first().map(|record| &record.event) {
        Some(Event::RunStarted(started)) => started.origin.parent.as_ref(),
        _ => None,
    };
    let (Some(started), Some(parent)) = (started, parent.filter(|it| it.initiated.is_none())) else {
        return;
    };
    let history = front
        .engine()
        .history(Target::of(&parent.namespace, &parent.execution))
        .await;
    let initiated = history
        .ok()
        .and_then(|history| child_initiated(&history.records, parent.operation));
    started.parent_initiated_event_id = initiated.unwrap_or_default();
}

fn answer(events: Vec<HistoryEvent>, next: Option<PageToken>) -> GetWorkflowExecutionHistoryResponse {
    GetWorkflowExecutionHistoryResponse {
        history: Some(History { events }),
        next_page_token: next.map(PageToken::write).unwrap_or_default(),
        ..Default::default()
    }
}

/// Where the next page begins. Read from the end, `shown` counts what is yet to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PageToken {
    run_id: RunId,
    shown: usize,
}

impl PageToken {
    fn write(self) -> Vec<u8> {
        let mut token = self.run_id.as_bytes().to_vec();
        token.extend_from_slice(&(self.shown as u64).to_be_bytes());
        token
    }

    fn read(token: &[u8]) -> Result<Option<Self>, InvalidField> {
        if token.is_empty() {
            return Ok(None);
        }
        let parts = token
            .split_first_chunk()
            .and_then(|(run, shown)| Some((*run, <[u8; 8]>::try_from(shown).ok()?)));
        let (run, shown) = parts.ok_or_else(|| {
            InvalidField::new(
                "next_page_token",
                "is not one that a page of a history of this server ended with",
            )
        })?;
        let shown = usize::try_from(u64::from_be_bytes(shown)).unwrap_or(usize::MAX);
        Ok(Some(Self {
            run_id: RunId::from_bytes(run),
            shown,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_as_they_were() {
        let token = PageToken {
            run_id: RunId::from_bytes([3; 16]),
            shown: 77,
        };
        assert_eq!(PageToken::read(&token.write()), Ok(Some(token)));
        assert_eq!(PageToken::read(&[]), Ok(None));
        assert!(PageToken::read(&[1; 23]).is_err());
    }

    #[test]
    fn pages_are_bounded_in_entries_and_in_bytes() {
        let small = HistoryEvent {
            event_id: 1,
            ..Default::default()
        };
        let large = HistoryEvent {
            user_metadata: Some(mainspring_api::temporal::sdk::v1::UserMetadata {
                summary: Some(vec![0_u8; PAGE_BYTES_MAX].into()),
                details: None,
            }),
            ..Default::default()
        };
        let events = [small.clone(), small.clone(), large.clone(), large, small];
        assert_eq!(page_range(&events, 0, 1), 0..1);
        assert_eq!(page_range(&events, 0, 100), 0..2);
        assert_eq!(page_range(&events, 2, 100), 2..3);
        assert_eq!(page_range(&events, 4, 100), 4..5);
        assert_eq!(page_range(&events, 9, 100), 5..5);
    }
}
