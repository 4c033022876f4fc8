//! What holds for every reset of every run.

use crate::random::{Move, Start, moves, play, starts};
use crate::world::{World, is_activated};
use mainspring_core::{
    Content, Effect, Event, Message, NotReset, OperationId, Phase, Reapply, Record, RunId, Sender, Timestamp,
};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;

const BEGINNING: u64 = 100;

struct Played {
    world: World,
    now: u64,
    /// Activities that may run once, and that a worker has had.
    left: BTreeSet<OperationId>,
}

impl Played {
    fn of(start: &Start, moves: &[Move]) -> Self {
        let world = World::start(start.started(), Timestamp::from_millis(BEGINNING));
        let mut played = Self {
            world,
            now: BEGINNING,
            left: BTreeSet::new(),
        };
        played.world.commit();
        played.play(moves);
        played
    }

    fn play(&mut self, moves: &[Move]) {
        for step in moves {
            let returned = match step {
                Move::Return(pick) => Some(pick.of(self.world.run.state()).0),
                _ => None,
            };
            let answer = play(&mut self.world, &mut self.now, step);
            if let (Some(operation), "Ok(())") = (returned, answer.as_str()) {
                self.left.remove(&operation);
            }
            let state = self.world.run.state();
            let started = state.activities().filter(|it| it.attempt.started().is_some());
            // One whose options were changed is what its request says, in the new run.
            let once = started.filter(|it| it.runs_at_most_once() && it.attempt.intervention.is_none());
            self.left.extend(once.map(|it| it.operation));
            self.world.commit();
        }
    }

    /// The places of the activations that can be done again.
    fn points(&self) -> Vec<usize> {
        let history = self.world.history.iter().enumerate();
        history.filter(|(_, it)| is_point(it)).map(|(place, _)| place).collect()
    }
}

fn is_point(record: &Record) -> bool {
    is_activated(record) || matches!(record.event, Event::RunReset(_))
}

fn reapply() -> impl Strategy<Value = Reapply> {
    any::<(bool, bool, bool)>().prop_map(|(signals, updates, cancel_requests)| Reapply {
        signals,
        updates,
        cancel_requests,
    })
}

fn run_id(world: &World) -> RunId {
    world.run.state().started().execution.run_id
}

/// The sender and the operation, of messages of operations that a run has begun.
fn sender(message: &Message) -> Option<(RunId, OperationId)> {
    let of = |sender: &Sender| (sender.execution.run_id, sender.operation);
    match &message.content {
        Content::StartChild(start) => Some((start.parent.execution.run_id, start.parent.operation)),
        Content::Signal { sender, .. } | Content::RequestCancel { sender, .. } | Content::AskChild { sender } => {
            Some(of(sender))
        }
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Wherever a run is reset to, and however often, the new one begins with the same events, folds to where it stands
    /// and replays as it goes on.
    #[test]
    fn a_run_can_be_reset_to_each_of_its_activations(
        start in starts(),
        before in moves(),
        resets in prop::collection::vec((any::<Index>(), reapply(), moves()), 1..4),
    ) {
        let mut played = Played::of(&start, &before);
        for (point, reapply, after) in resets {
            let points = played.points();
            prop_assume!(!points.is_empty());
            let kept = points[point.index(points.len())];
            let old = played.world.history.clone();
            played.now = played.now.saturating_add(1);
            let now = Timestamp::from_millis(played.now);
            played.world.reset(kept, reapply, now).expect("a point to go back to");
            let step = played.world.commit();
            let world = &mut played.world;
            prop_assert_eq!(&world.history[..kept], &old[..kept]);
            prop_assert!(matches!(world.history[kept].event, Event::RunReset(_)));
            prop_assert!(world.history.is_sorted_by_key(|record| record.time));
            prop_assert!(world.run.state().owes_activation());
            prop_assert!(world.run.state().paused().is_none(), "no point lies within a pause");
            world.assert_folds_to_itself();
            let declined = world.assert_replays();
            world.run.guest_replaced(declined);

            // Attempts begin anew, and each is offered.
            for activity in world.run.state().activities() {
                prop_assert_eq!((activity.attempt.number, activity.scheduled), (1, world.history[kept].time));
                prop_assert!(matches!(activity.attempt.phase, Phase::Ready(_)));
                let offer = Effect::OfferActivity(activity.operation, 1);
                prop_assert!(step.effects.contains(&offer), "{} is not offered", activity.operation);
                prop_assert!(!played.left.contains(&activity.operation), "{} may run once", activity.operation);
            }
            // Whoever has an answer for an operation is asked for it, under the name that it knows.
            let asked: BTreeSet<_> = step.messages.iter().filter_map(sender).collect();
            let state = world.run.state();
            let externals = state.externals().map(|it| it.operation);
            for operation in state.children().map(|it| it.operation).chain(externals) {
                let name = asked.iter().find(|(_, of)| *of == operation);
                let goes_on = name.is_some_and(|(run_id, of)| state.continues(*run_id, *of));
                prop_assert!(goes_on, "nobody is asked about {}", operation);
            }
            played.left.retain(|operation| *operation < state.next_operation());
            played.play(&after);
            played.world.assert_folds_to_itself();
            played.world.assert_replays();
        }
    }

    /// A signal that was recorded is told to the new run once, wherever the point is, unless it is to be left out.
    #[test]
    fn signals_are_neither_lost_nor_doubled(start in starts(), moves in moves(), point in any::<Index>(), signals in any::<bool>()) {
        let mut played = Played::of(&start, &moves);
        let points = played.points();
        prop_assume!(!points.is_empty());
        let kept = points[point.index(points.len())];
        let of = |history: &[Record]| {
            let signals = history.iter().filter_map(|record| match &record.event {
                Event::SignalReceived(signal) => Some(signal.clone()),
                _ => None,
            });
            signals.collect::<Vec<_>>()
        };
        let expected = match signals {
            true => of(&played.world.history),
            false => of(&played.world.history[..kept]),
        };
        let reapply = Reapply { signals, updates: true, cancel_requests: true };
        played.world.reset(kept, reapply, Timestamp::from_millis(played.now)).expect("a point to go back to");
        played.world.commit();
        prop_assert_eq!(of(&played.world.history), expected);
    }

    /// Between activations, and in the middle of one, there is no point to go back to.
    #[test]
    fn other_points_are_refused(start in starts(), moves in moves(), point in any::<Index>()) {
        let mut played = Played::of(&start, &moves);
        let kept = point.index(played.world.history.len() + 2);
        prop_assume!(!played.points().contains(&kept));
        let reapply = Reapply { signals: true, updates: true, cancel_requests: true };
        let before = run_id(&played.world);
        let refused = played.world.reset(kept, reapply, Timestamp::from_millis(played.now));
        prop_assert_eq!(refused, Err(NotReset::NoActivation));
        prop_assert_eq!(run_id(&played.world), before);
    }
}
