//! What holds for every run: random guests, workers, clients and clocks try to break it.

use crate::oracle::{may_follow, next_deadline};
use crate::random::{self, Move, moves, play};
use crate::script::failure_of;
use crate::world::{self, Decision, World, is_activated};
use mainspring_core::{
    ActivityRequest, ActivityTimeouts, AttemptEnd, CancellationType, Command, Effect, Event, EventId, Job, Millis,
    OperationId, Payload, Phase, Place, Record, Replay, ReplayError, RetryState, RunState, TimerRequest, Timestamp,
    WorkflowTimeouts,
};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;
use std::sync::Arc;

fn start() -> World {
    let timeouts = WorkflowTimeouts {
        run: Some(Millis::new(700)),
        ..WorkflowTimeouts::default()
    };
    World::start(world::order(timeouts), Timestamp::from_millis(100))
}

/// The world after all moves, with every step made durable.
fn played(moves: &[Move]) -> World {
    let (mut world, mut now) = (start(), 100);
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
    fn every_history_folds_and_replays(moves in moves()) {
        let (mut world, mut now) = (start(), 100);
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
    fn the_next_deadline_is_the_earliest(moves in moves()) {
        let (mut world, mut now) = (start(), 100);
        world.commit();
        for step in &moves {
            play(&mut world, &mut now, step);
            world.commit();
            let state = world.run.state();
            prop_assert_eq!(state.next_deadline(), next_deadline(&world.history, state));
            if matches!(step, Move::Pass(_)) {
                let now = Timestamp::from_millis(now);
                prop_assert!(state.next_deadline().is_none_or(|due| due > now));
            }
        }
    }

    /// Memory is a cache: a run that is evicted after every step goes on as one that never is.
    #[test]
    fn eviction_changes_nothing(moves in moves()) {
        let (mut kept, mut kept_now) = (start(), 100);
        let (mut evicted, mut evicted_now) = (start(), 100);
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
    fn histories_are_well_formed(moves in moves()) {
        let world = played(&moves);
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
        }

        let mut resolved = BTreeSet::new();
        for (turn, decision) in world.decisions.iter().enumerate() {
            let jobs = &decision.activation.jobs;
            prop_assert!(!jobs.is_empty());
            for (place, job) in jobs.iter().enumerate() {
                prop_assert_eq!(matches!(job, Job::Start(..)), (turn, place) == (0, 0));
                if let Job::ActivityResolved(operation, _) | Job::TimerFired(operation) = job {
                    prop_assert!(resolved.insert(*operation), "operation {} resolved twice", operation);
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
        moves in moves(),
        cut in any::<Index>(),
        candidates in prop::collection::vec((0..19_u8, any::<u8>(), -2..3_i64), 24),
    ) {
        let world = played(&moves);
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
    fn a_divergence_is_found_where_it_is(moves in moves(), turn in any::<Index>(), place in any::<Index>(), how in 0..3_u8) {
        let world = played(&moves);
        prop_assume!(!world.decisions.is_empty());
        let turn = turn.index(world.decisions.len());
        let decision = &world.decisions[turn];
        // Where each command's event is; none for a command that came to nothing.
        let places = event_places(&world.history, turn, decision);
        let place = place.index(places.len() + 1);
        let odd = Command::UpsertMemo(vec![("odd".into(), Payload::default())]);
        let is_closed = decision.commands[..place].iter().any(|(command, _)| closes(command));
        prop_assume!(!is_closed);
        let next_event = places[place..].iter().flatten().next().copied();
        let after_all = places.iter().flatten().last().copied().unwrap_or_else(|| activated_at(&world.history, turn)) + 1;
        let (asked, at): (Vec<Command>, usize) = match how {
            // One command too many.
            0 => {
                let at = next_event.unwrap_or(after_all);
                let all = decision.commands.iter().map(|(command, _)| command.clone());
                let mut asked: Vec<Command> = all.collect();
                asked.insert(place, odd);
                (asked, at)
            }
            // The rest is missing.
            1 => {
                prop_assume!(next_event.is_some());
                let asked = decision.commands[..place].iter().map(|(command, _)| command.clone());
                (asked.collect(), next_event.expect("assumed"))
            }
            // One command is another one.
            _ => {
                prop_assume!(places.get(place).copied().flatten().is_some());
                let mut asked: Vec<Command> = decision.commands.iter().map(|(command, _)| command.clone()).collect();
                asked[place] = odd;
                (asked, next_event.expect("assumed"))
            }
        };
        match replay_with(&world, turn, asked) {
            Err(ReplayError::Mismatch(mismatch)) => prop_assert_eq!(mismatch.event, EventId::at(at)),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    /// Whatever a crash loses, no activity is forgotten, and none that may run once is offered once it has left.
    #[test]
    fn a_crash_forgets_nothing(moves in prop::collection::vec((moves(), any::<bool>()), 1..5)) {
        let (mut world, mut now) = (start(), 100);
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
                commit_and_watch(&mut world, &mut left)?;
            }
            world.crash(Timestamp::from_millis(now));
            let effects = commit_and_watch(&mut world, &mut left)?;
            for activity in world.run.state().activities() {
                let (operation, attempt) = (activity.operation, &activity.attempt);
                let is_cared_for = match attempt.phase {
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
        if attempt.started().is_some() && activity.is_some_and(|activity| activity.runs_at_most_once()) {
            left.insert(*operation);
        }
    }
    Ok(step.effects)
}

/// Replays the first activations as they were, and that of `turn` with other commands.
fn replay_with(world: &World, turn: usize, asked: Vec<Command>) -> Result<(), ReplayError> {
    let mut replay = Replay::new(world.history.clone());
    for decision in &world.decisions[..turn] {
        replay.next_activation()?;
        for (command, _) in &decision.commands {
            replay.command(command.clone())?;
        }
        replay.end_activation()?;
    }
    replay.next_activation()?;
    for command in asked {
        replay.command(command)?;
    }
    replay.end_activation()
}

fn activated_at(history: &[Record], turn: usize) -> usize {
    let activations = history.iter().enumerate().filter(|(_, record)| is_activated(record));
    let (at, _) = activations.clone().nth(turn).expect("a turn is an activation");
    at
}

fn closes(command: &Command) -> bool {
    matches!(
        command,
        Command::CompleteRun(_) | Command::FailRun(_) | Command::CancelRun(_)
    )
}

/// The place in the history of each command's event. A cancellation may have come to nothing.
fn event_places(history: &[Record], turn: usize, decision: &Decision) -> Vec<Option<usize>> {
    let mut at = activated_at(history, turn) + 1;
    let place = |(command, _): &(Command, Option<OperationId>)| {
        let event = history.get(at).map(|record| &record.event);
        let came_to_something = match command {
            Command::CancelOperation(asked) => matches!(
                event,
                Some(Event::ActivityCancelRequested { operation } | Event::TimerCancelled { operation })
                    if operation == asked
            ),
            _ => true,
        };
        came_to_something.then(|| {
            at += 1;
            at - 1
        })
    };
    decision.commands.iter().map(place).collect()
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
        0 => Event::RunStarted(Box::new(state.started().clone())),
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
        },
        17 => Event::RunCancelled { details: Vec::new() },
        _ => match pick % 8 {
            0 => Event::RunCompleted { output: None },
            1 => Event::RunFailed { failure },
            2 => Event::RunTimedOut,
            3 => Event::RunTerminated {
                reason: String::new(),
                details: Vec::new(),
                identity: String::new(),
            },
            _ => Event::Activated(world::activated()),
        },
    }
}

fn request(pick: u8) -> ActivityRequest {
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
