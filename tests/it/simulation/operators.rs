//! Operators: they pause what they find, and let it go on, sooner or later.

use super::world::World;
use mainspring::shard::{PauseError, Request, Target};
use mainspring::store::RunSummary;
use mainspring_core::{Pause, RunStatus};
use tokio::sync::oneshot::{Receiver, channel, error::TryRecvError};

#[derive(Default)]
pub(super) struct Operators {
    /// Pauses that are not answered yet, with the runs that they are for.
    pausing: Vec<(RunSummary, Receiver<Result<(), PauseError>>)>,
    requests: u64,
}

impl Operators {
    /// Some operator pauses a run, or resumes one.
    pub(super) fn act(&mut self, world: &mut World) {
        self.hear(world);
        let runs = world.runs();
        let Some(run) = runs.get(world.rng.usize(..runs.len().max(1))) else {
            return;
        };
        if world.rng.bool() {
            self.pause(world, run);
        } else {
            self.resume(world, run);
        }
    }

    /// Whatever is paused goes on.
    pub(super) fn insist(&mut self, world: &mut World) {
        self.hear(world);
        for run in world.runs().iter().filter(|run| run.status == RunStatus::Paused) {
            self.resume(world, run);
        }
    }

    /// A pause that was acknowledged is in the history.
    fn hear(&mut self, world: &mut World) {
        self.pausing.retain_mut(|(run, answer)| match answer.try_recv() {
            Ok(answer) => {
                let history = world.history(run.execution.run_id);
                let is_recorded = history.iter().any(|it| it.event.name() == "RunPaused");
                assert!(answer.is_err() || is_recorded, "an acknowledged pause is lost");
                false
            }
            Err(TryRecvError::Closed) => false,
            Err(TryRecvError::Empty) => true,
        });
    }

    fn pause(&mut self, world: &mut World, run: &RunSummary) {
        let (reply, answer) = channel();
        self.pausing.push((run.clone(), answer));
        let pause = self.wish();
        world.tell(|| format!("{} is to be paused", run.execution.workflow_id));
        world.ask(Request::Pause(target(run), pause, reply));
    }

    fn resume(&mut self, world: &mut World, run: &RunSummary) {
        let (reply, _nobody_waits) = channel();
        let resumption = self.wish();
        world.tell(|| format!("{} is to go on", run.execution.workflow_id));
        world.ask(Request::Resume(target(run), resumption, reply));
    }

    fn wish(&mut self) -> Pause {
        self.requests += 1;
        Pause {
            reason: "the seed says so".into(),
            identity: "operator".into(),
            request_id: format!("request-{}", self.requests),
        }
    }
}

fn target(run: &RunSummary) -> Target {
    Target::of("default", &run.execution)
}
