//! Runs that go: because a client says so, or because they were kept for as long as their namespace asks.

use super::clients::{Call, start_request};
use super::world::World;
use mainspring::shard::{Request, RunError, StartError, Started, Target};
use mainspring::store::Store;
use mainspring_core::{Millis, Payload, RunId, Timestamp};
use std::collections::BTreeMap;
use tokio::sync::oneshot::channel;

const WORKFLOWS: usize = 8;
const RETENTION: Millis = Millis::from_secs(20);
/// Longer than the seeded part takes.
const DAY: u64 = 86_400_000;
const MOVES: u32 = 120;
/// More than any seed needs to come to its end. One that needs more hangs.
const MOVES_TO_END_MAX: u32 = 2_000;

/// What becomes of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It ends by itself, and goes when its time is over.
    Expires,
    /// Somebody deletes it, open or closed.
    IsDeleted,
    /// It does not end, so it stays.
    Stays,
}

struct Workflow {
    id: String,
    fate: Fate,
    sleeps_ms: u64,
    start: Call<Started, StartError>,
    run: Option<RunId>,
    /// Its runs that were durable at some time, each with its close, if it was seen.
    seen: BTreeMap<RunId, Option<Timestamp>>,
    delete: Call<(), RunError>,
    delete_was_asked: bool,
}

/// Lets a seed play out, with crashes, and checks throughout that runs go when they must and not before.
pub(super) fn run(seed: u64) {
    let mut world = World::new(seed);
    world.keep_closed_runs_for(RETENTION);
    let mut workflows: Vec<_> = (0..WORKFLOWS).map(|at| Workflow::new(at, &mut world)).collect();
    for _ in 0..MOVES {
        match world.rng.u8(..100) {
            0..45 => {
                let at = world.rng.usize(..WORKFLOWS);
                workflows[at].go_on(&mut world);
            }
            45..70 => world.commit_some(),
            70..92 => world.let_time_pass(),
            _ => world.crash(),
        }
        workflows.iter_mut().for_each(|workflow| workflow.look(&world));
    }
    let mut moves = 0;
    while !workflows.iter().all(|workflow| workflow.is_over(&world)) {
        for workflow in &mut workflows {
            workflow.go_on(&mut world);
        }
        world.commit_all();
        workflows.iter_mut().for_each(|workflow| workflow.look(&world));
        world.let_time_pass();
        moves += 1;
        assert!(moves < MOVES_TO_END_MAX, "seed {seed} does not come to its end");
    }
    let left = world.runs().into_iter().map(|run| run.execution.workflow_id);
    let staying = workflows.iter().filter(|it| it.fate == Fate::Stays);
    let mut staying: Vec<_> = staying.map(|it| it.id.clone()).collect();
    let mut left: Vec<_> = left.collect();
    left.sort();
    staying.sort();
    assert_eq!(left, staying, "seed {seed}");
}

impl Workflow {
    fn new(at: usize, world: &mut World) -> Self {
        let fate = [Fate::Expires, Fate::IsDeleted, Fate::Stays][world.rng.usize(..3)];
        let sleeps_ms = match fate {
            Fate::Expires => world.rng.u64(..30_000),
            Fate::IsDeleted => [10, DAY][world.rng.usize(..2)],
            Fate::Stays => DAY,
        };
        Self {
            id: format!("workflow-{at}"),
            fate,
            sleeps_ms,
            start: Call::NotMade,
            run: None,
            seen: BTreeMap::new(),
            delete: Call::NotMade,
            delete_was_asked: false,
        }
    }

    fn go_on(&mut self, world: &mut World) {
        if let Some(answer) = self.start.poll() {
            self.run = Some(answer.expect("it starts").run_id);
        }
        if let Some(answer) = self.delete.poll() {
            // The second time it may be gone already.
            let is_gone = matches!(answer, Ok(()) | Err(RunError::NotFound { .. }));
            assert!(is_gone, "{}: {answer:?}", self.id);
            self.run.into_iter().for_each(|run| self.is_gone(run, world));
        }
        if self.start.is_to_be_made() {
            let (reply, answer) = channel();
            self.start = Call::Made(answer);
            let input = vec![Payload::encoded("json/plain", self.sleeps_ms.to_string())];
            let request = start_request(world, &self.id, "sleeper", input);
            return world.ask(Request::Start(Box::new(request), reply));
        }
        if let Some(run) = self.run
            && self.fate == Fate::IsDeleted
            && self.delete.is_to_be_made()
        {
            let (reply, answer) = channel();
            self.delete = Call::Made(answer);
            self.delete_was_asked = true;
            let target = Target {
                namespace: "default".into(),
                workflow_id: self.id.clone(),
                run_id: world.rng.bool().then_some(run),
                first_run_id: None,
            };
            world.ask(Request::Delete(target, reply));
        }
    }

    /// What was there is there, unless it has to be gone.
    fn look(&mut self, world: &World) {
        let listed = world.runs().into_iter();
        let there: BTreeMap<_, _> = listed
            .filter(|run| run.execution.workflow_id == self.id)
            .map(|run| (run.execution.run_id, run.closed))
            .collect();
        for (run, closed) in &self.seen {
            if !there.contains_key(run) {
                let is_over = closed.is_some_and(|closed| closed.after(RETENTION) <= world.now);
                assert!(self.delete_was_asked || is_over, "{} is gone too early", self.id);
                self.is_gone(*run, world);
            }
        }
        for run in there.keys() {
            assert_ne!(world.history(*run), [], "{}", self.id);
        }
        self.seen.extend(there);
        assert!(self.run.is_none_or(|run| self.seen.contains_key(&run)), "{}", self.id);
    }

    fn is_gone(&self, run: RunId, world: &World) {
        let stored = world.store.run(run).expect("the model does not fail");
        assert_eq!(stored, None, "{}", self.id);
        assert_eq!(world.history(run), [], "{}", self.id);
        assert_ne!(world.current_run(&self.id), Some(run), "{}", self.id);
    }

    fn is_over(&self, world: &World) -> bool {
        let is_there = |run| world.store.run(run).expect("the model does not fail").is_some();
        self.run.is_some_and(|run| is_there(run) == (self.fate == Fate::Stays))
    }
}
