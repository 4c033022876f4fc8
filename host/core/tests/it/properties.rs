//! What holds for every run: random guests, workers, clients and clocks try to break it.

use crate::oracle::{may_follow, next_deadline};
use crate::random::{self, Move, Start, moves, play, starts};
use crate::script::{child_of_type, failure_of, parent};
use crate::world::{self, Answer, Call, Decision, World, is_activated};
use mainspring_core::{
    ActivityRequest, ActivityTimeouts, AttemptEnd, CancellationType, ChildCancellationType, ChildNotStarted,
    ChildOutcome, ChildRequest, Command, Content, Effect, Event, EventId, ExternalSignal, ExternalTarget, Job, Message,
    Millis, NotDelivered, OperationId, ParentClosePolicy, Payload, Phase, Place, Record, Replay, ReplayError,
    RetryState, RunId, RunReset, RunState, StartResolution, TimerRequest, Timestamp,
};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn world_of(start: &Start) -> World {
    World::start(start.started(), Timestamp::from_millis(100))
}

/// The world after all moves, with every step made durable.
fn played(start: &Start, moves: &[Move]) -> World {
    let (mut world, mut now) = (world_of(start), 100);
    world.commit();
    for step in moves {
        play(&mut world, &mut now, step);
        world.commit();
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// A history, cut wherever a step ended, folds to where the live run stood, and replays as it went.
    #[test]
    fn every_history_folds_and_replays(start in starts(), moves in moves()) {
        let (mut world, mut now) = (world_of(&start), 100);
        world.commit();
        for step in &moves {
            play(&mut world, &mut now, step);
            if !world.commit().events.is_empty() {
                world.assert_replays();
            }
            world.assert_folds_to_itself();
        }
    }

    /// A run asks to be told the time when the first of what it waits for is due, and then it has happened.
    #[test]
    fn the_next_deadline_is_the_earliest(start in starts(), moves in moves()) {
        let (mut world, mut now) = (world_of(&start), 100);
        let mut passed = Timestamp::from_millis(100);
        world.commit();
        for step in &moves {
            play(&mut world, &mut now, step);
            world.commit();
            let state = world.run.state();
            let now = Timestamp::from_millis(now);
            if matches!(step, Move::Pass(_)) {
                passed = passed.max(now);
            }
            prop_assert_eq!(state.next_deadline(), next_deadline(&world.history, state, passed));
            if matches!(step, Move::Pass(_)) {
                prop_assert!(state.next_deadline().is_none_or(|due| due > now));
            }
        }
    }

    /// Memory is a cache: a run that is evicted after every step goes on as one that never is.
    #[test]
    fn eviction_changes_nothing(start in starts(), moves in moves()) {
        let (mut kept, mut kept_now) = (world_of(&start), 100);
        let (mut evicted, mut evicted_now) = (world_of(&start), 100);
        kept.commit();
        evicted.commit();
        for step in &moves {
            evicted.evict();
            let answers = (play(&mut kept, &mut kept_now, step), play(&mut evicted, &mut evicted_now, step));
            prop_assert_eq!(answers.0, answers.1);
            prop_assert_eq!(kept.commit(), evicted.commit());
            prop_assert_eq!(kept.run.state(), evicted.run.state());
        }
    }

    /// Histories are in order, end once, and tell the guest each thing once.
    #[test]
    fn histories_are_well_formed(start in starts(), moves in moves()) {
        let world = played(&start, &moves);
        let history = &world.history;
        prop_assert!(history.is_sorted_by_key(|record| record.time));
        let closed = history.iter().position(|record| record.event.closes_as().is_some());
        prop_assert!(closed.is_none_or(|at| at + 1 == history.len()));
        prop_assert_eq!(history.iter().filter(|record| is_activated(record)).count(), world.decisions.len());

        let state = world.run.state();
        prop_assert_eq!(state.status().is_closed(), closed.is_some());
        if closed.is_some() {
            let waits_for = (state.undelivered().len(), state.activities().len(), state.next_deadline());
            prop_assert_eq!(waits_for, (0, 0, None));
            prop_assert_eq!((state.children().len(), state.externals().len()), (0, 0));
        }

        let mut resolved = BTreeSet::new();
        let mut started = BTreeSet::new();
        let mut updates = BTreeSet::new();
        for (turn, decision) in world.decisions.iter().enumerate() {
            let jobs = &decision.activation.jobs;
            prop_assert!(!jobs.is_empty());
            for (place, job) in jobs.iter().enumerate() {
                prop_assert_eq!(matches!(job, Job::Start(..)), (turn, place) == (0, 0));
                match job {
                    Job::ActivityResolved(operation, _)
                    | Job::TimerFired(operation)
                    | Job::ChildResolved(operation, _)
                    | Job::ExternalResolved(operation, _) => {
                        prop_assert!(resolved.insert(*operation), "operation {} resolved twice", operation);
                    }
                    Job::ChildStarted(operation, start) => {
                        prop_assert!(started.insert(*operation), "child {} started twice", operation);
                        if !matches!(start, StartResolution::Started(_)) {
                            prop_assert!(resolved.insert(*operation), "child {} resolved twice", operation);
                        }
                    }
                    Job::UpdateRequested(update) => {
                        prop_assert!(updates.insert(update.id.clone()), "update {} came twice", update.id);
                    }
                    Job::Start(..) | Job::SignalReceived(_) | Job::CancelRequested(_) | Job::RandomReseeded(_) => {}
                }
            }
        }
        for pair in world.decisions.windows(2) {
            prop_assert!(pair[0].activation.now <= pair[1].activation.now);
            prop_assert!(pair[0].activation.history_length < pair[1].activation.history_length);
        }
    }

    /// Every event is taken or refused as an independent reading of the history says, and a refused one changes
    /// nothing.
    #[test]
    fn the_transition_table_agrees_with_the_oracle(
        start in starts(),
        moves in moves(),
        cut in any::<Index>(),
        candidates in prop::collection::vec((0..36_u8, any::<u8>(), -2..3_i64), 24),
    ) {
        let world = played(&start, &moves);
        let mut history = world.history;
        history.truncate(cut.index(history.len()) + 1);
        let mut state = RunState::begin(&history[0]).expect("a history begins with RunStarted");
        history[1..].iter().for_each(|record| state.apply(record).expect("what was recorded is legal"));
        for (kind, pick, shift) in candidates {
            let next = Record {
                time: Timestamp::from_millis(state.last_time().as_millis().saturating_add_signed(shift.max(-1))),
                event: event(kind, pick, &state),
            };
            let before = state.clone();
            let applied = state.apply(&next);
            prop_assert_eq!(applied.is_ok(), may_follow(&history, &next), "{:?}: {:?}", next, applied);
            match applied {
                Ok(()) => history.push(next),
                Err(_) => prop_assert_eq!(&state, &before),
            }
        }
    }

    /// A guest that does one thing otherwise is caught at that event, whatever it does.
    #[test]
    fn a_divergence_is_found_where_it_is(start in starts(), moves in moves(), turn in any::<Index>(), place in any::<Index>(), how in 0..3_u8) {
        let world = played(&start, &moves);
        prop_assume!(!world.decisions.is_empty());
        let turn = turn.index(world.decisions.len());
        let decision = &world.decisions[turn];
        // Where each command's event is; none for a command that came to nothing.
        let places = event_places(&world.history, turn, decision);
        let place = place.index(places.len() + 1);
        let odd = Command::UpsertMemo(vec![("odd".into(), Payload::default())]);
        let is_closed = decision.calls[..place].iter().any(|(call, _)| closes(call));
        prop_assume!(!is_closed);
        // Paths that the code need no longer ask about are passed over.
        let passed_over = |at: usize| {
            let is_passed = |record: &&Record| matches!(record.event, Event::Patched { deprecated: true, .. });
            at + world.history[at..].iter().take_while(is_passed).count()
        };
        let is_command = |at: &usize| world.history.get(*at).is_some_and(|record| record.event.is_of_command());
        let next_event = places[place..].iter().flatten().next().copied();
        let after_all = places.iter().flatten().last().copied().unwrap_or_else(|| activated_at(&world.history, turn)) + 1;
        let (asked, at): (Vec<Call>, usize) = match how {
            // One command too many.
            0 => {
                let at = passed_over(next_event.unwrap_or(after_all));
                let all = decision.calls.iter().map(|(call, _)| call.clone());
                let mut asked: Vec<Call> = all.collect();
                asked.insert(place, odd.into());
                (asked, at)
            }
            // The rest is missing.
            1 => {
                let at = next_event.map(passed_over).filter(is_command);
                prop_assume!(at.is_some());
                let asked = decision.calls[..place].iter().map(|(call, _)| call.clone());
                (asked.collect(), at.expect("assumed"))
            }
            // One command is another one.
            _ => {
                prop_assume!(places.get(place).copied().flatten().is_some());
                let mut asked: Vec<Call> = decision.calls.iter().map(|(call, _)| call.clone()).collect();
                asked[place] = odd.into();
                (asked, passed_over(next_event.expect("assumed")))
            }
        };
        match replay_with(&world, turn, asked) {
            Err(ReplayError::Mismatch(mismatch)) => prop_assert_eq!(mismatch.event, EventId::at(at)),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    /// Each message goes out once, and what follows a run goes out with its end.
    #[test]
    fn each_message_goes_out_once(start in starts(), moves in moves()) {
        let (mut world, mut now) = (world_of(&start), 100);
        let mut steps = vec![world.commit()];
        for step in &moves {
            world.evict();
            play(&mut world, &mut now, step);
            steps.push(world.commit());
        }
        let mut sent: Vec<String> = Vec::new();
        for step in &steps {
            sent.extend(step.messages.iter().map(brief));
            let closing = step.events.last().and_then(|record| record.event.successor());
            prop_assert_eq!(step.successor.as_ref().map(|it| it.execution.run_id), closing);
            if let Some(successor) = &step.successor {
                let (next, old) = (successor, world.run.state().started());
                prop_assert_ne!(next.execution.run_id, old.execution.run_id);
                prop_assert_ne!(next.random_seed, old.random_seed);
                prop_assert_eq!(next.first_run_id, old.first_run_id);
                prop_assert_eq!(next.origin.expiration, world.run.state().expiration());
            }
        }
        prop_assert_eq!(sent, messages_of(&world.history));
    }

    /// Nothing begins that is paused, and what is offered can be taken.
    #[test]
    fn what_is_paused_does_not_begin(start in starts(), moves in moves()) {
        let (mut world, mut now) = (world_of(&start), 100);
        world.commit();
        for step in &moves {
            let before = world.run.state().clone();
            let answer = play(&mut world, &mut now, step);
            let begins = answer.starts_with("Ok") || answer.starts_with("Some(Ok");
            match step {
                Move::Activate(_) if begins => prop_assert!(before.paused().is_none()),
                Move::Take(pick, _) if begins => {
                    let (operation, number) = pick.of(&before);
                    prop_assert!(before.may_be_taken(operation, number));
                    let taken = before.activity(operation).expect("it is taken");
                    prop_assert!(before.paused().is_none() && taken.attempt.paused().is_none());
                }
                _ => {}
            }
            for effect in world.commit().effects {
                if let Effect::OfferActivity(operation, number) = effect {
                    prop_assert!(world.run.state().may_be_taken(operation, number));
                }
            }
        }
    }

    /// Of two attempts at an activity, the later one has the greater number, whatever operators do, and counts from 1.
    #[test]
    fn attempts_are_numbered_in_their_order(start in starts(), moves in moves()) {
        let (mut world, mut now) = (world_of(&start), 100);
        world.commit();
        let mut numbers: BTreeMap<OperationId, u32> = BTreeMap::new();
        for step in &moves {
            play(&mut world, &mut now, step);
            world.commit();
            for activity in world.run.state().activities() {
                let (number, count) = (activity.attempt.number, activity.attempt.count());
                let before = numbers.insert(activity.operation, number).unwrap_or(1);
                prop_assert!(number >= before && (1..=number).contains(&count));
            }
        }
    }

    /// Whatever a crash loses, no activity is forgotten, and none that may run once is offered once it has left.
    #[test]
    fn a_crash_forgets_nothing(start in starts(), moves in prop::collection::vec((moves(), any::<bool>()), 1..5)) {
        let (mut world, mut now) = (world_of(&start), 100);
        world.commit();
        let mut left = BTreeSet::new();
        for (moves, last_is_lost) in moves {
            let last = moves.len() - 1;
            for (place, step) in moves.iter().enumerate() {
                let answer = play(&mut world, &mut now, step);
                if place == last && last_is_lost {
                    break;
                }
                if let (Move::Return(pick), "Ok(())") = (step, answer.as_str()) {
                    left.remove(&pick.of(world.run.state()).0);
                }
                if matches!(step, Move::Operate(..)) && answer.starts_with("Ok") {
                    // Operators may have anything done again.
                    left.clear();
                }
                commit_and_watch(&mut world, &mut left)?;
            }
            world.crash(Timestamp::from_millis(now));
            let effects = commit_and_watch(&mut world, &mut left)?;
            for activity in world.run.state().activities() {
                let (operation, attempt) = (activity.operation, &activity.attempt);
                let is_held = world.run.state().paused().is_some() || attempt.paused().is_some();
                let is_cared_for = match attempt.phase {
                    Phase::Ready(_) | Phase::BackingOff(_) if is_held => true,
                    Phase::Ready(_) => effects.contains(&Effect::OfferActivity(operation, attempt.number)),
                    Phase::BackingOff(_) => world.run.state().next_deadline().is_some(),
                    Phase::Started(_, place) => place == Place::Remote,
                };
                prop_assert!(is_cared_for, "{:?}", activity);
            }
            world.assert_folds_to_itself();
            world.assert_replays();
        }
    }
}

/// Makes the step durable, and sees to it that what may run once and has `left` is not offered.
fn commit_and_watch(world: &mut World, left: &mut BTreeSet<OperationId>) -> Result<Vec<Effect>, TestCaseError> {
    let step = world.commit();
    for effect in &step.effects {
        if let Effect::OfferActivity(operation, _) = effect {
            prop_assert!(!left.contains(operation), "activity {} is offered twice", operation);
        }
    }
    for (operation, attempt) in &step.attempts {
        let activity = world.run.state().activity(*operation);
        // What was reset is to be done again.
        let is_last = !attempt.is_reset() && activity.is_some_and(|activity| activity.runs_at_most_once());
        if attempt.started().is_some() && is_last {
            left.insert(*operation);
        }
    }
    Ok(step.effects)
}

/// Replays the first activations as they were, and that of `turn` with other commands.
fn replay_with(world: &World, turn: usize, asked: Vec<Call>) -> Result<(), ReplayError> {
    let mut replay = Replay::new(world.history.clone());
    for decision in &world.decisions[..turn] {
        replay.next_activation()?;
        for (call, _) in &decision.calls {
            call.replay(&mut replay)?;
        }
        replay.end_activation()?;
    }
    replay.next_activation()?;
    for call in asked {
        call.replay(&mut replay)?;
    }
    replay.end_activation()
}

fn activated_at(history: &[Record], turn: usize) -> usize {
    let activations = history.iter().enumerate().filter(|(_, record)| is_activated(record));
    let (at, _) = activations.clone().nth(turn).expect("a turn is an activation");
    at
}

fn closes(call: &Call) -> bool {
    matches!(
        call,
        Call::Order(Command::CompleteRun(_) | Command::FailRun(_) | Command::CancelRun(_) | Command::ContinueAsNew(_))
    )
}

/// The place in the history of each call's event. A cancellation may have come to nothing, and a path may have been
/// taken before, or not at all.
fn event_places(history: &[Record], turn: usize, decision: &Decision) -> Vec<Option<usize>> {
    let mut at = activated_at(history, turn) + 1;
    let place = |(call, _): &(Call, Answer)| {
        // Markers that other code has forgotten are passed on the way to what it asks for.
        let is_passed = |record: &&Record| match (&record.event, call) {
            (Event::Patched { patch_id, deprecated }, Call::Patched(asked, _)) => *deprecated && patch_id != asked,
            (Event::Patched { deprecated, .. }, Call::Order(_)) => *deprecated,
            _ => false,
        };
        let behind = at + history[at..].iter().take_while(is_passed).count();
        let event = history.get(behind).map(|record| &record.event);
        let is_found = match (call, event) {
            (Call::Patched(asked, _), Some(Event::Patched { patch_id, .. })) => asked == patch_id,
            (Call::Patched(..), _) => false,
            (Call::Order(_), _) => true,
        };
        if is_found {
            at = behind;
        }
        let came_to_something = match (call, event) {
            (Call::Order(Command::CancelOperation(asked, _)), event) => matches!(
                event,
                Some(
                    Event::ActivityCancelRequested { operation }
                        | Event::TimerCancelled { operation }
                        | Event::ChildCancelRequested { operation, .. }
                        | Event::ExternalCancelled { operation }
                ) if operation == asked
            ),
            _ => is_found,
        };
        came_to_something.then(|| {
            at += 1;
            at - 1
        })
    };
    decision.calls.iter().map(place).collect()
}

/// The messages that a history calls for, in order.
fn messages_of(history: &[Record]) -> Vec<String> {
    let mut children = BTreeMap::new();
    let mut messages = Vec::new();
    for Record { event, .. } in history {
        match event {
            Event::ChildInitiated { operation, request } => {
                children.insert(*operation, request);
                messages.push(format!("start #{operation}"));
            }
            Event::ChildCancelRequested { operation, .. }
                if children[operation].cancellation == ChildCancellationType::Abandon => {}
            Event::ChildCancelRequested { operation, .. } | Event::ExternalCancelInitiated { operation, .. } => {
                messages.push(format!("cancel #{operation}"));
            }
            Event::ExternalSignalInitiated { operation, .. } => messages.push(format!("signal #{operation}")),
            Event::ChildNotStarted { operation, .. } | Event::ChildClosed { operation, .. } => {
                children.remove(operation);
            }
            event if event.closes_as().is_some() => {
                let has_parent = matches!(&history[0].event, Event::RunStarted(it) if it.origin.parent.is_some());
                if has_parent && event.successor().is_none() {
                    messages.push(format!("closed #{}", parent().operation));
                }
                let told = children.values().filter_map(|child| match child.parent_close {
                    ParentClosePolicy::Abandon => None,
                    ParentClosePolicy::Terminate => Some("terminate".to_owned()),
                    ParentClosePolicy::RequestCancel => Some("cancel #0".to_owned()),
                });
                messages.extend(told);
            }
            _ => {}
        }
    }
    messages
}

fn brief(message: &Message) -> String {
    match &message.content {
        Content::StartChild(start) => format!("start #{}", start.parent.operation),
        Content::RequestCancel { sender, .. } => format!("cancel #{}", sender.operation),
        Content::Signal { sender, .. } => format!("signal #{}", sender.operation),
        Content::ChildClosed { operation, .. } => format!("closed #{operation}"),
        Content::Terminate { .. } => "terminate".into(),
        Content::AskChild { sender } => format!("ask #{}", sender.operation),
        Content::ChildStarted { .. }
        | Content::ChildNotStarted { .. }
        | Content::Delivered { .. }
        | Content::StartScheduled(_)
        | Content::ScheduledStarted { .. }
        | Content::ScheduledClosed { .. }
        | Content::StopScheduled { .. } => format!("{message:?}"),
    }
}

/// An event of this kind, about an operation that there is, was, or will be.
fn event(kind: u8, pick: u8, state: &RunState) -> Event {
    let begun = state.next_operation().0;
    let operation = OperationId(u64::from(pick) % (begun + 2));
    let next = match pick % 4 {
        0 => operation,
        _ => OperationId(begun),
    };
    let failure = failure_of("failed", false);
    let retry_state = RetryState::Unspecified;
    let attempt = AttemptEnd {
        operation,
        attempt: 1,
        started: None,
        identity: String::new(),
        last_failure: None,
    };
    match kind {
        0 => Event::RunStarted(state.started().clone()),
        1 | 2 => Event::Activated(world::activated()),
        3 => Event::ActivityScheduled {
            operation: next,
            request: Arc::new(request(pick)),
        },
        4 => Event::TimerStarted {
            operation: next,
            request: TimerRequest {
                after: Millis::new(pick.into()),
                summary: None,
                details: None,
            },
        },
        5 => Event::ActivityCancelRequested { operation },
        6 => Event::TimerCancelled { operation },
        7 => Event::SearchAttributesUpserted(Vec::new()),
        8 => Event::MemoUpserted(Vec::new()),
        9 => Event::ActivityCompleted { attempt, output: None },
        10 => Event::ActivityFailed {
            attempt,
            failure,
            retry_state,
        },
        11 => Event::ActivityTimedOut {
            attempt,
            failure,
            retry_state,
        },
        12 => Event::ActivityCancelled {
            attempt,
            details: Vec::new(),
        },
        13 => Event::TimerFired { operation },
        14 | 15 => Event::SignalReceived(Box::new(random::signal(pick % 12))),
        16 => Event::CancelRequested {
            reason: String::new(),
            identity: String::new(),
            request_id: random::request_id(pick % 12),
            sender: None,
        },
        17 => Event::RunCancelled { details: Vec::new() },
        18 => Event::Patched {
            patch_id: format!("path-{}", pick % 4),
            deprecated: pick >= 128,
        },
        19 => Event::ChildInitiated {
            operation: next,
            request: Box::new(child(pick)),
        },
        20 => Event::ChildCancelRequested {
            operation,
            reason: String::new(),
        },
        21 | 22 => Event::ChildStarted {
            operation,
            run_id: RunId::from_bytes([2; 16]),
        },
        23 => Event::ChildNotStarted {
            operation,
            cause: ChildNotStarted::WorkflowIdInUse,
        },
        24 => Event::ChildClosed {
            operation,
            outcome: ChildOutcome::Terminated,
        },
        25 => Event::ExternalSignalInitiated {
            operation: next,
            signal: Box::new(ExternalSignal {
                target: target(),
                name: "pay".into(),
                input: Vec::new(),
                headers: Vec::new(),
            }),
        },
        26 => Event::ExternalCancelInitiated {
            operation: next,
            target: target(),
            reason: String::new(),
        },
        27 => Event::ExternalCancelled { operation },
        28 | 29 => Event::ExternalResolved {
            operation,
            result: match pick % 3 {
                0 => Err(NotDelivered::NotFound),
                _ => Ok(()),
            },
        },
        30 => Event::UpdateAccepted(Box::new(random::update(pick % 6))),
        31 => Event::UpdateCompleted {
            update_id: random::update(pick % 6).id,
            outcome: Ok(None),
        },
        32 => Event::RunPaused(random::pause(pick % 3)),
        33 => Event::RunResumed(random::pause(pick % 3)),
        34 => Event::RunReset(Box::new(RunReset {
            base: state.started().execution.run_id,
            run_id: RunId::from_bytes([pick; 16]),
            random_seed: (pick.into(), 1),
            module: "shop".into(),
            reason: String::new(),
            identity: String::new(),
            request_id: String::new(),
        })),
        _ => match pick % 8 {
            0 => Event::RunCompleted {
                output: None,
                successor: None,
            },
            1 => Event::RunFailed {
                failure,
                retry_state,
                successor: None,
            },
            2 => Event::RunTimedOut {
                retry_state,
                successor: None,
            },
            3 => Event::RunTerminated {
                reason: String::new(),
                details: Vec::new(),
                identity: String::new(),
                successor: None,
            },
            4 => Event::RunContinuedAsNew {
                continuation: Box::default(),
                successor: RunId::from_bytes([9; 16]),
            },
            _ => Event::Activated(world::activated()),
        },
    }
}

fn target() -> ExternalTarget {
    ExternalTarget {
        workflow_id: "other-1".into(),
        run_id: None,
        child_only: false,
    }
}

fn child(pick: u8) -> ChildRequest {
    ChildRequest {
        cancellation: match pick % 4 {
            0 => ChildCancellationType::TryCancel,
            1 => ChildCancellationType::WaitCancellationCompleted,
            2 => ChildCancellationType::WaitCancellationRequested,
            _ => ChildCancellationType::Abandon,
        },
        ..child_of_type("ship", None)
    }
}

/// An activity with nothing special about it but what comes of its cancellation.
pub(crate) fn request(pick: u8) -> ActivityRequest {
    ActivityRequest {
        activity_type: "charge".into(),
        activity_id: None,
        task_queue: None,
        input: Vec::new(),
        headers: Vec::new(),
        timeouts: ActivityTimeouts::default(),
        retry: None,
        cancellation: match pick % 3 {
            0 => CancellationType::TryCancel,
            1 => CancellationType::WaitCancellationCompleted,
            _ => CancellationType::Abandon,
        },
        local: false,
        priority: None,
        summary: None,
        details: None,
    }
}
