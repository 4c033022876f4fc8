//! Whatever happens to a schedule, each of its times is dealt with once, and what is told again changes nothing.

use super::script::{create, outcome, run_of, times};
use mainspring_core::schedule::{BackfillRequest, Patch, Schedule, Trigger};
use mainspring_core::{Content, IdReusePolicy, Message, Millis, RunId, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What may happen.
#[derive(Clone, Debug)]
enum Event {
    Pass(u64),
    Started(prop::sample::Index),
    Ended(prop::sample::Index, &'static str),
    Trigger,
    Backfill(u64),
    /// What was decided since the last commit never was.
    Crash,
    Commit,
}

fn event() -> impl Strategy<Value = Event> {
    let ending = prop::sample::select(&["completes", "fails", "times-out", "is-cancelled"][..]);
    prop_oneof![
        5 => (0..40_000_u64).prop_map(Event::Pass),
        3 => any::<prop::sample::Index>().prop_map(Event::Started),
        3 => (any::<prop::sample::Index>(), ending).prop_map(|(run, ending)| Event::Ended(run, ending)),
        1 => Just(Event::Trigger),
        1 => (0..100_u64).prop_map(Event::Backfill),
        1 => Just(Event::Crash),
        3 => Just(Event::Commit),
    ]
}

/// A schedule, and what is durable of it.
struct World {
    now: Timestamp,
    schedule: Schedule,
    staged: Vec<Message>,
    durable: Schedule,
    /// Runs that were asked for durably, in order, each with its workflow id.
    asked: Vec<(RunId, String, IdReusePolicy)>,
    manual: u64,
    durable_manual: u64,
}

impl World {
    fn new(command: &str) -> Self {
        let schedule = create(command);
        Self {
            now: schedule.created,
            durable: schedule.clone(),
            schedule,
            staged: Vec::new(),
            asked: Vec::new(),
            manual: 0,
            durable_manual: 0,
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Schedule, Timestamp)) {
        let times = times(&self.schedule);
        self.staged.extend(self.schedule.advance(&times, self.now));
        change(&mut self.schedule, self.now);
        self.staged.extend(self.schedule.advance(&times, self.now));
    }

    fn perform(&mut self, event: &Event) {
        let asked = |at: &prop::sample::Index, of: &Self| Some(of.asked.get(at.index(of.asked.len().max(1)))?.0);
        match event {
            Event::Pass(millis) => {
                self.now = self.now.after(Millis::new(*millis));
                self.change(|_, _| {});
            }
            // Told of any run, whenever it was: it may be the second time.
            Event::Started(at) => {
                if let Some(run) = asked(at, self) {
                    self.change(|schedule, now| schedule.run_started(run, now));
                }
            }
            Event::Ended(at, ending) => {
                if let Some(run) = asked(at, self) {
                    self.change(|schedule, now| schedule.run_closed(run, outcome(ending), now));
                }
            }
            Event::Trigger => {
                self.manual += 1;
                self.patch(Patch {
                    trigger: Some(Trigger::default()),
                    ..Patch::default()
                });
            }
            Event::Backfill(seconds) => {
                let end = self.now;
                let start = Timestamp::from_millis(end.as_millis() - seconds * 1_000);
                let backfill = BackfillRequest {
                    start,
                    end,
                    overlap: None,
                };
                // One that the jitter puts off beyond the end is not in it.
                let times = times(&self.schedule);
                let mut after = Timestamp::from_millis(start.as_millis() - 1);
                while let Ok(Some(next)) = times.next(after).map(|next| next.filter(|it| it.due <= end)) {
                    after = next.nominal;
                    self.manual += 1;
                }
                self.patch(Patch {
                    backfills: vec![backfill],
                    ..Patch::default()
                });
            }
            Event::Crash => {
                self.schedule = self.durable.clone();
                self.manual = self.durable_manual;
                self.staged.clear();
            }
            Event::Commit => self.commit(),
        }
    }

    fn patch(&mut self, patch: Patch) {
        self.change(|schedule, now| schedule.patch(patch, now).expect("there is room"));
    }

    fn commit(&mut self) {
        for message in self.staged.drain(..) {
            if let (Some(run), Content::StartScheduled(start)) = (run_of(&message), &message.content) {
                self.asked.push((run, message.workflow_id.clone(), start.reuse));
            }
        }
        self.durable = self.schedule.clone();
        self.durable_manual = self.manual;
    }
}

proptest! {
    #[test]
    fn each_time_is_dealt_with_once(
        policy in prop::sample::select(&["skip", "buffer-one", "buffer-all", "cancel-other", "terminate-other", "allow-all"][..]),
        catch_up in prop::sample::select(&["20s", "30d"][..]),
        jitter in prop::sample::select(&["0s", "7s"][..]),
        events in prop::collection::vec(event(), 1..80),
    ) {
        let mut world = World::new(&format!("every 10s overlap={policy} catch-up={catch_up} jitter={jitter}"));
        for event in &events {
            world.perform(event);
        }
        world.perform(&Event::Pass(0));
        world.commit();
        let Schedule { progress, created, .. } = &world.schedule;
        prop_assert!(progress.backfills.is_empty());
        let dealt_with = world.asked.len() as u64
            + progress.counts.overlapped
            + progress.counts.missed
            + progress.counts.dropped
            + progress.buffer.len() as u64;
        let due = std::iter::successors(Some(*created), |it| Some(it.after(Millis::from_secs(10)))).skip(1);
        let due = due.take_while(|it| *it <= progress.handled).count() as u64;
        prop_assert_eq!(dealt_with, due + world.manual);
        // Nothing is left that is due.
        let next = world.schedule.next_deadline(&times(&world.schedule), world.now);
        prop_assert!(next.is_some_and(|next| next > world.now));
        prop_assert_eq!(
            world.schedule.next_times(&times(&world.schedule), world.now, 3).first().copied(),
            next
        );

        let runs: BTreeSet<_> = world.asked.iter().map(|(run, ..)| *run).collect();
        prop_assert_eq!(runs.len(), world.asked.len());
        // What nobody asked for twice has a workflow id of its own.
        let own = world.asked.iter().filter(|(_, _, reuse)| *reuse == IdReusePolicy::RejectDuplicate);
        let own: Vec<_> = own.map(|(_, workflow_id, _)| workflow_id).collect();
        prop_assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), own.len());
        let alone = progress.running.iter().filter(|run| !run.overlaps);
        prop_assert!(alone.count() <= 1);
        prop_assert!(progress.recent.len() <= 10);
    }
}
