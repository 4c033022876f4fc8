//! Random guests, workers, clients and clocks. A move names what it means by an index into what there is, so that
//! every move makes sense, or nearly so, wherever a run stands.

use crate::script::{child_of_type, failure_of, parent};
use crate::world::{self, Answer, Call, World};
use mainspring_core::{
    ActivityAction, ActivityRequest, ActivitySelection, ActivityTimeouts, CancellationType, ChildCancellationType,
    ChildNotStarted, ChildOutcome, ChildRequest, Command, Continuation, Event, ExternalSignal, ExternalTarget, Jitter,
    Millis, NotDelivered, OperationId, OptionEdit, OptionsChange, ParentClosePolicy, Pause, Payload, PendingActivity,
    Place, Reset, RetryPolicy, RetryState, RunId, RunStarted, RunState, SignalReceived, TimerRequest, Timestamp,
    Unpause, UpdateRequest, UpdateStage, WorkflowTimeouts,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::Arc;

/// One thing that happens to a run.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    Activate(Vec<Ask>),
    Take(Pick, Place),
    Complete(Pick),
    Fail(Pick, bool),
    WorkerCancels(Pick),
    Beat(Pick),
    Return(Pick),
    Signal(u8),
    AskCancel(u8),
    Pause(u8),
    Resume(u8),
    Operate(Which, ActivityAction),
    Terminate,
    Update(u8),
    /// Another run tells of a child, or of a message.
    Hear(u8, News),
    /// Other code asks about a path in an activation that was.
    Redeploy(Index, Index, u8),
    /// Other code no longer asks about a path, if the code before said that all runs take it.
    Forget(u8),
    Pass(u64),
    SetBack(u64),
}

/// Which activities: one, or one that there is not; all of the type that all are of; all.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    One(u8),
    OfType,
    All,
}

/// What another run has to say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum News {
    Started,
    NotStarted,
    Completed,
    Failed,
    EndedCancelled,
    Delivered,
    NotFound,
}

/// What a run is started with.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    begins: Option<u64>,
    begins_with_message: bool,
    execution: Option<Millis>,
    retry: Option<(Millis, u32)>,
    has_cron: bool,
    is_child: bool,
}

/// An attempt: mostly one there is, sometimes one that is over or still to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pick {
    activity: u8,
    off_by: i8,
}

/// One thing that a guest asks for.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Schedule(Arc<ActivityRequest>),
    Timer(Millis),
    Cancel(u8),
    Memo(u8),
    Attribute(u8),
    Complete,
    Fail,
    EndAsCancelled,
    ContinueAsNew(Option<Millis>),
    Patch(u8),
    Child(Box<ChildRequest>),
    SignalExternal,
    CancelExternal,
    Answer(u8, bool),
}

pub(crate) fn starts() -> impl Strategy<Value = Start> {
    let begins = option::weighted(0.3, 0..400_u64);
    let execution = option::weighted(0.2, (1..900_u64).prop_map(Millis::new));
    let retry = option::weighted(0.4, (span(), 0..3_u32));
    let bits = any::<(bool, bool, bool)>();
    (begins, execution, retry, bits).prop_map(|(begins, execution, retry, bits)| Start {
        begins,
        begins_with_message: bits.0,
        execution,
        retry,
        has_cron: bits.1,
        is_child: bits.2,
    })
}

impl Start {
    pub(crate) fn started(&self) -> RunStarted {
        let mut started = world::order(WorkflowTimeouts {
            run: Some(Millis::new(700)),
            execution: self.execution,
            task: None,
        });
        started.retry = self.retry.map(|(initial_interval, maximum_attempts)| RetryPolicy {
            initial_interval,
            maximum_attempts,
            ..RetryPolicy::default()
        });
        started.origin.begins = self.begins.map(Timestamp::from_millis);
        started.origin.begins_with_message = self.begins_with_message;
        if self.has_cron {
            started.origin.cron_schedule = "@daily".into();
        }
        started.origin.parent = self.is_child.then(parent);
        started
    }
}

pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
    vec(one_move(), 1..80)
}

fn one_move() -> impl Strategy<Value = Move> {
    let pick = || (any::<u8>(), prop_oneof![12 => Just(0), 1 => Just(-1), 1 => Just(1)]);
    let pick = move || pick().prop_map(|(activity, off_by)| Pick { activity, off_by });
    let place = prop_oneof![3 => Just(Place::Remote), 1 => Just(Place::InProcess)];
    prop_oneof![
        24 => vec(ask(), 0..5).prop_map(Move::Activate),
        16 => (pick(), place).prop_map(|(pick, place)| Move::Take(pick, place)),
        6 => pick().prop_map(Move::Complete),
        10 => (pick(), prop::bool::weighted(0.1)).prop_map(|(pick, is_final)| Move::Fail(pick, is_final)),
        3 => pick().prop_map(Move::WorkerCancels),
        6 => pick().prop_map(Move::Beat),
        3 => pick().prop_map(Move::Return),
        8 => (0..12_u8).prop_map(Move::Signal),
        2 => (0..3_u8).prop_map(Move::AskCancel),
        2 => (0..3_u8).prop_map(Move::Pause),
        4 => (0..3_u8).prop_map(Move::Resume),
        8 => (which(), action()).prop_map(|(which, action)| Move::Operate(which, action)),
        4 => (0..6_u8).prop_map(Move::Update),
        12 => (any::<u8>(), news()).prop_map(|(pick, news)| Move::Hear(pick, news)),
        2 => (0..4_u8).prop_map(Move::Forget),
        2 => (any::<Index>(), any::<Index>(), 0..4_u8).prop_map(|(turn, place, patch)| Move::Redeploy(turn, place, patch)),
        20 => prop_oneof![30 => 0..30_u64, 1 => Just(u64::MAX)].prop_map(Move::Pass),
        2 => (0..30_u64).prop_map(Move::SetBack),
        1 => prop::bool::weighted(0.2).prop_map(|ends| if ends { Move::Terminate } else { Move::Pass(1) }),
    ]
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![
        6 => any::<u8>().prop_map(Which::One),
        1 => Just(Which::OfType),
        1 => Just(Which::All),
    ]
}

fn action() -> impl Strategy<Value = ActivityAction> {
    let jitter = || (prop_oneof![3 => Just(0), 1 => 1..30_u64], any::<u64>());
    let jitter = move || {
        jitter().prop_map(|(below, seed)| Jitter {
            below: Millis::new(below),
            seed,
        })
    };
    let bits = any::<(bool, bool, bool)>();
    prop_oneof![
        3 => (0..3_u8).prop_map(|id| ActivityAction::Pause(pause(id))),
        3 => (bits, jitter()).prop_map(|(bits, jitter)| ActivityAction::Unpause(Unpause {
            resets_attempts: bits.0,
            drops_heartbeat: bits.1,
            jitter,
        })),
        3 => (bits, jitter()).prop_map(|(bits, jitter)| ActivityAction::Reset(Reset {
            drops_heartbeat: bits.0,
            keeps_pause: bits.1,
            restores_options: bits.2,
            jitter,
        })),
        1 => Just(ActivityAction::ChangeOptions(OptionsChange::Restore)),
        3 => vec(edit(), 1..4).prop_map(|edits| ActivityAction::ChangeOptions(OptionsChange::Edit(edits))),
    ]
}

fn edit() -> impl Strategy<Value = OptionEdit> {
    let limit = || option::weighted(0.7, span());
    prop_oneof![
        Just(OptionEdit::TaskQueue("backup".into())),
        limit().prop_map(OptionEdit::ScheduleToClose),
        limit().prop_map(OptionEdit::ScheduleToStart),
        limit().prop_map(OptionEdit::StartToClose),
        limit().prop_map(OptionEdit::Heartbeat),
        Just(OptionEdit::Retry(None)),
        span().prop_map(OptionEdit::InitialInterval),
        (0..4_u32).prop_map(OptionEdit::MaximumAttempts),
        Just(OptionEdit::PriorityKey(1)),
    ]
}

fn news() -> impl Strategy<Value = News> {
    prop_oneof![
        6 => Just(News::Started),
        1 => Just(News::NotStarted),
        1 => Just(News::Completed),
        1 => Just(News::Failed),
        1 => Just(News::EndedCancelled),
        3 => Just(News::Delivered),
        1 => Just(News::NotFound),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        20 => activity().prop_map(|request| Ask::Schedule(Arc::new(request))),
        12 => span().prop_map(Ask::Timer),
        12 => any::<u8>().prop_map(Ask::Cancel),
        2 => any::<u8>().prop_map(Ask::Memo),
        2 => any::<u8>().prop_map(Ask::Attribute),
        6 => (0..8_u8).prop_map(Ask::Patch),
        6 => child().prop_map(|request| Ask::Child(Box::new(request))),
        2 => Just(Ask::SignalExternal),
        2 => Just(Ask::CancelExternal),
        4 => (0..6_u8, any::<bool>()).prop_map(|(id, succeeds)| Ask::Answer(id, succeeds)),
        1 => prop_oneof![
            Just(Ask::Complete),
            Just(Ask::Fail),
            Just(Ask::EndAsCancelled),
            option::of(span()).prop_map(Ask::ContinueAsNew),
        ],
    ]
}

fn activity() -> impl Strategy<Value = ActivityRequest> {
    let limit = || option::weighted(0.3, span());
    let timeouts = (limit(), limit(), limit(), limit());
    let retry = option::of((span(), 0..3_u8, option::of(span()), 0..4_u32));
    let cancellation = prop_oneof![
        Just(CancellationType::TryCancel),
        Just(CancellationType::WaitCancellationCompleted),
        Just(CancellationType::Abandon),
    ];
    (timeouts, retry, cancellation).prop_map(|(timeouts, retry, cancellation)| ActivityRequest {
        activity_type: "charge".into(),
        activity_id: None,
        task_queue: None,
        input: Vec::new(),
        headers: Vec::new(),
        timeouts: ActivityTimeouts {
            schedule_to_close: timeouts.0,
            schedule_to_start: timeouts.1,
            start_to_close: timeouts.2,
            heartbeat: timeouts.3,
        },
        retry: retry.map(|(initial, coefficient, maximum, maximum_attempts)| RetryPolicy {
            initial_interval: initial,
            backoff_coefficient: f64::from(coefficient),
            maximum_interval: maximum,
            maximum_attempts,
            non_retryable_kinds: Vec::new(),
        }),
        cancellation,
        local: false,
        priority: None,
        summary: None,
        details: None,
    })
}

fn child() -> impl Strategy<Value = ChildRequest> {
    let cancellation = prop_oneof![
        Just(ChildCancellationType::TryCancel),
        Just(ChildCancellationType::WaitCancellationCompleted),
        Just(ChildCancellationType::WaitCancellationRequested),
        Just(ChildCancellationType::Abandon),
    ];
    let parent_close = prop_oneof![
        Just(ParentClosePolicy::Terminate),
        Just(ParentClosePolicy::Abandon),
        Just(ParentClosePolicy::RequestCancel),
    ];
    (cancellation, parent_close).prop_map(|(cancellation, parent_close)| ChildRequest {
        cancellation,
        parent_close,
        ..child_of_type("ship", None)
    })
}

fn span() -> impl Strategy<Value = Millis> {
    prop_oneof![30 => 0..60_u64, 1 => Just(u64::MAX)].prop_map(Millis::new)
}

/// Makes the move, and tells how it was answered.
pub(crate) fn play(world: &mut World, now: &mut u64, step: &Move) -> String {
    let picked = |world: &World, pick: &Pick| pick.of(world.run.state());
    if let Move::Pass(millis) = step {
        *now = now.saturating_add(*millis);
    }
    if let Move::SetBack(millis) = step {
        *now = now.saturating_sub(*millis);
    }
    let at = Timestamp::from_millis(*now);
    match step {
        Move::Activate(asks) => {
            let calls = calls(asks, world.run.state());
            format!("{:?}", world.activate(at, calls))
        }
        Move::Take(pick, place) => {
            let (operation, number) = picked(world, pick);
            format!("{:?}", world.run.start_attempt(operation, number, "worker", *place, at))
        }
        Move::Complete(pick) => {
            let (operation, number) = picked(world, pick);
            let run = &mut world.run;
            format!(
                "{:?}",
                run.complete_activity(operation, number, None, "worker".into(), at)
            )
        }
        Move::Fail(pick, is_final) => {
            let (operation, number) = picked(world, pick);
            let failure = failure_of("declined", *is_final);
            let run = &mut world.run;
            format!(
                "{:?}",
                run.fail_activity(operation, number, failure, "worker".into(), at)
            )
        }
        Move::WorkerCancels(pick) => {
            let (operation, number) = picked(world, pick);
            let run = &mut world.run;
            format!(
                "{:?}",
                run.cancel_activity(operation, number, Vec::new(), "worker".into(), at)
            )
        }
        Move::Beat(pick) => {
            let (operation, number) = picked(world, pick);
            let details = vec![Payload::encoded("json/plain", now.to_string())];
            format!("{:?}", world.run.heartbeat(operation, number, details, at))
        }
        Move::Return(pick) => {
            let (operation, number) = picked(world, pick);
            format!("{:?}", world.run.return_attempt(operation, number, at))
        }
        Move::Signal(id) => format!("{:?}", world.run.signal(signal(*id), at)),
        Move::AskCancel(id) => {
            let (reason, identity) = ("enough".into(), "client".into());
            format!(
                "{:?}",
                world.run.request_cancel(reason, identity, request_id(*id), None, at)
            )
        }
        Move::Pause(id) => format!("{:?}", world.run.pause(pause(*id), at)),
        Move::Resume(id) => format!("{:?}", world.run.resume(pause(*id), at)),
        Move::Operate(which, action) => {
            let selection = which.of(world.run.state());
            format!("{:?}", world.run.operate(&selection, action, at))
        }
        Move::Terminate => {
            let (reason, identity) = ("enough".into(), "client".into());
            format!("{:?}", world.run.terminate(reason, Vec::new(), identity, at))
        }
        Move::Update(id) => format!("{:?}", world.run.accept_update(update(*id), at)),
        Move::Hear(pick, news) => format!("{:?}", hear(world, *pick, *news, at)),
        Move::Redeploy(turn, place, patch) => {
            if !world.decisions.is_empty() {
                let turn = turn.index(world.decisions.len());
                let calls = &mut world.decisions[turn].calls;
                let place = place.index(calls.len() + 1);
                calls.insert(place, (patched(*patch), Answer::TakesPatch(false)));
                world.redeploy().expect("to ask about a path changes nothing else");
            }
            String::new()
        }
        Move::Forget(patch) => {
            let Call::Patched(forgotten, _) = patched(*patch) else {
                return String::new();
            };
            let is_deprecated = world.history.iter().any(|record| {
                matches!(&record.event, Event::Patched { patch_id, deprecated: true } if *patch_id == forgotten)
            });
            if is_deprecated {
                for decision in &mut world.decisions {
                    let is_forgotten = |call: &Call| matches!(call, Call::Patched(id, _) if *id == forgotten);
                    decision.calls.retain(|(call, _)| !is_forgotten(call));
                }
                world.redeploy().expect("a deprecated path need not be asked about");
            }
            String::new()
        }
        Move::Pass(_) => {
            world.run.pass_time(at, world::calendar);
            String::new()
        }
        Move::SetBack(_) => String::new(),
    }
}

impl Pick {
    pub(crate) fn of(self, state: &RunState) -> (OperationId, u32) {
        let pending = state.activities().len();
        let activity = match pending {
            0 => None,
            pending => state.activities().nth(usize::from(self.activity) % pending),
        };
        let Some(activity) = activity else {
            return (OperationId(u64::from(self.activity % 8)), 1);
        };
        let number = activity.attempt.number.saturating_add_signed(self.off_by.into());
        (activity.operation, number)
    }
}

impl Which {
    fn of(self, state: &RunState) -> ActivitySelection {
        let pending = state.activities().len();
        match self {
            Self::One(pick) if pending > 0 => {
                let activity = state.activities().nth(usize::from(pick) % pending);
                ActivitySelection::Id(activity.map(PendingActivity::activity_id).unwrap_or_default())
            }
            Self::One(_) => ActivitySelection::Id("unknown".into()),
            Self::OfType => ActivitySelection::Type("charge".into()),
            Self::All => ActivitySelection::All,
        }
    }
}

/// Of a child or of a message that waits, or of one that does not.
fn hear(world: &mut World, pick: u8, news: News, at: Timestamp) -> Result<(), mainspring_core::Refused> {
    let state = world.run.state();
    let children = state.children().map(|child| child.operation);
    let waiting: Vec<OperationId> = children
        .chain(state.externals().map(|external| external.operation))
        .collect();
    let operation = match waiting.len() {
        0 => OperationId(u64::from(pick % 8)),
        len => waiting[usize::from(pick) % len],
    };
    let run = &mut world.run;
    match news {
        News::Started => run.child_started(operation, RunId::from_bytes([2; 16]), at),
        News::NotStarted => run.child_not_started(operation, ChildNotStarted::WorkflowIdInUse, at),
        News::Completed => run.child_closed(operation, ChildOutcome::Completed(None), at),
        News::Failed => {
            let outcome = ChildOutcome::Failed(failure_of("sank", false), RetryState::RetryPolicyNotSet);
            run.child_closed(operation, outcome, at)
        }
        News::EndedCancelled => run.child_closed(operation, ChildOutcome::Cancelled(Vec::new()), at),
        News::Delivered => run.message_resolved(operation, Ok(()), at),
        News::NotFound => run.message_resolved(operation, Err(NotDelivered::NotFound), at),
    }
}

/// What the guest says, if that is where the run stands. Few ask to cancel what never was.
fn calls(asks: &[Ask], state: &RunState) -> Vec<Call> {
    let mut next = state.next_operation().0;
    let target = || ExternalTarget {
        workflow_id: "other-1".into(),
        run_id: None,
        child_only: false,
    };
    let mut call = |ask: &Ask| {
        let command = match ask {
            Ask::Patch(patch) => return patched(*patch),
            Ask::Child(request) => {
                next += 1;
                Command::StartChild(request.clone())
            }
            Ask::SignalExternal => {
                next += 1;
                Command::SignalExternal(Box::new(ExternalSignal {
                    target: target(),
                    name: "pay".into(),
                    input: Vec::new(),
                    headers: Vec::new(),
                }))
            }
            Ask::CancelExternal => {
                next += 1;
                Command::CancelExternal(target(), "enough".into())
            }
            Ask::Answer(id, succeeds) => {
                let outcome = if *succeeds {
                    Ok(None)
                } else {
                    Err(failure_of("no", false))
                };
                // Few answer what nobody asked.
                let pending = |id: u8| state.update(&update(id).id) == Some(&UpdateStage::Accepted);
                match (0..6).map(|more| (id + more) % 6).find(|id| pending(*id)) {
                    Some(id) => Command::CompleteUpdate(update(id).id, outcome),
                    None if *id == 0 => Command::CompleteUpdate("unknown".into(), outcome),
                    None => Command::UpsertMemo(Vec::new()),
                }
            }
            Ask::ContinueAsNew(backoff) => Command::ContinueAsNew(Box::new(Continuation {
                backoff: *backoff,
                ..Continuation::default()
            })),
            Ask::Schedule(request) => {
                next += 1;
                Command::ScheduleActivity(request.clone())
            }
            Ask::Timer(after) => {
                next += 1;
                Command::StartTimer(TimerRequest {
                    after: *after,
                    summary: None,
                    details: None,
                })
            }
            Ask::Cancel(255) => Command::CancelOperation(OperationId(next), String::new()),
            Ask::Cancel(pick) => match next - 1 {
                0 => Command::UpsertMemo(Vec::new()),
                begun => Command::CancelOperation(OperationId(u64::from(*pick) % begun + 1), String::new()),
            },
            Ask::Memo(pick) => Command::UpsertMemo(vec![change(*pick)]),
            Ask::Attribute(pick) => Command::UpsertSearchAttributes(vec![change(*pick)]),
            Ask::Complete => Command::CompleteRun(None),
            Ask::Fail => Command::FailRun(failure_of("broke", false)),
            Ask::EndAsCancelled => Command::CancelRun(Vec::new()),
        };
        Call::Order(command)
    };
    asks.iter().map(&mut call).collect()
}

/// Few paths, so that they are asked about twice; some are deprecated, and some come to be.
fn patched(patch: u8) -> Call {
    Call::Patched(format!("path-{}", patch % 4), patch >= 6 || patch % 4 == 3)
}

pub(crate) fn update(id: u8) -> UpdateRequest {
    UpdateRequest {
        id: format!("update-{id}"),
        name: "set".into(),
        input: Vec::new(),
        headers: Vec::new(),
        identity: "client".into(),
    }
}

fn change(pick: u8) -> (String, Payload) {
    let value = match pick % 4 {
        0 => Payload::encoded("binary/null", ""),
        other => Payload::encoded("json/plain", other.to_string()),
    };
    (format!("name-{}", pick / 64), value)
}

pub(crate) fn signal(id: u8) -> SignalReceived {
    SignalReceived {
        name: "pay".into(),
        input: Vec::new(),
        headers: Vec::new(),
        identity: "client".into(),
        request_id: request_id(id),
        sender: None,
    }
}

pub(crate) fn pause(id: u8) -> Pause {
    Pause {
        reason: "maintenance".into(),
        identity: "operator".into(),
        request_id: request_id(id),
    }
}

/// Few ids, so that requests come twice; 0 has none.
pub(crate) fn request_id(id: u8) -> String {
    match id {
        0 => String::new(),
        id => format!("id-{id}"),
    }
}
