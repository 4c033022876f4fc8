//! Random guests, workers, clients and clocks. A move names what it means by an index into what there is, so that
//! every move makes sense, or nearly so, wherever a run stands.

use crate::script::failure_of;
use crate::world::World;
use mainspring_core::{
    ActivityRequest, ActivityTimeouts, CancellationType, Command, Millis, OperationId, Payload, Place, RetryPolicy,
    RunState, SignalReceived, TimerRequest, Timestamp,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
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
    Terminate,
    Pass(u64),
    SetBack(u64),
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
        20 => prop_oneof![30 => 0..30_u64, 1 => Just(u64::MAX)].prop_map(Move::Pass),
        2 => (0..30_u64).prop_map(Move::SetBack),
        1 => prop::bool::weighted(0.2).prop_map(|ends| if ends { Move::Terminate } else { Move::Pass(1) }),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        20 => activity().prop_map(|request| Ask::Schedule(Arc::new(request))),
        12 => span().prop_map(Ask::Timer),
        12 => any::<u8>().prop_map(Ask::Cancel),
        2 => any::<u8>().prop_map(Ask::Memo),
        2 => any::<u8>().prop_map(Ask::Attribute),
        1 => prop_oneof![Just(Ask::Complete), Just(Ask::Fail), Just(Ask::EndAsCancelled)],
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
            let commands = commands(asks, world.run.state());
            format!("{:?}", world.activate(at, commands))
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
            format!("{:?}", world.run.request_cancel(reason, identity, request_id(*id), at))
        }
        Move::Terminate => {
            let (reason, identity) = ("enough".into(), "client".into());
            format!("{:?}", world.run.terminate(reason, Vec::new(), identity, at))
        }
        Move::Pass(_) => {
            world.run.pass_time(at);
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

/// What the guest asks for, if that is where the run stands. Few ask to cancel what never was.
fn commands(asks: &[Ask], state: &RunState) -> Vec<Command> {
    let mut next = state.next_operation().0;
    let mut command = |ask: &Ask| match ask {
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
        Ask::Cancel(255) => Command::CancelOperation(OperationId(next)),
        Ask::Cancel(pick) => match next - 1 {
            0 => Command::UpsertMemo(Vec::new()),
            begun => Command::CancelOperation(OperationId(u64::from(*pick) % begun + 1)),
        },
        Ask::Memo(pick) => Command::UpsertMemo(vec![change(*pick)]),
        Ask::Attribute(pick) => Command::UpsertSearchAttributes(vec![change(*pick)]),
        Ask::Complete => Command::CompleteRun(None),
        Ask::Fail => Command::FailRun(failure_of("broke", false)),
        Ask::EndAsCancelled => Command::CancelRun(Vec::new()),
    };
    asks.iter().map(&mut command).collect()
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
    }
}

/// Few ids, so that requests come twice; 0 has none.
pub(crate) fn request_id(id: u8) -> String {
    match id {
        0 => String::new(),
        id => format!("id-{id}"),
    }
}
