//! Operators: they pause runs and activities that they find, and let them go on, sooner or later; they reset activities,
//! and change their options.

use super::world::World;
use mainspring::shard::{PauseError, Request, Target};
use mainspring::store::RunSummary;
use mainspring_core::{
    ActivityAction, ActivitySelection, Jitter, Millis, OptionEdit, OptionsChange, Pause, Reset, RunStatus, Unpause,
};
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
        match world.rng.u8(..4) {
            0 => self.pause(world, run),
            1 => self.resume(world, run),
            _ => self.operate(world, run),
        }
    }

    /// Whatever is paused goes on.
    pub(super) fn insist(&mut self, world: &mut World) {
        self.hear(world);
        for run in world.runs().iter().filter(|run| !run.status.is_closed()) {
            if run.status == RunStatus::Paused {
                self.resume(world, run);
            }
            operate(world, run, ActivityAction::Unpause(Unpause::default()));
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

    /// Something happens to all activities of a run.
    fn operate(&mut self, world: &mut World, run: &RunSummary) {
        let jitter = Jitter {
            below: Millis::new(world.rng.u64(..1_000)),
            seed: world.rng.u64(..),
        };
        let action = match world.rng.u8(..6) {
            0 | 1 => ActivityAction::Pause(self.wish()),
            2 | 3 => ActivityAction::Unpause(Unpause {
                resets_attempts: world.rng.bool(),
                drops_heartbeat: world.rng.bool(),
                jitter,
            }),
            4 => ActivityAction::Reset(Reset {
                drops_heartbeat: world.rng.bool(),
                keeps_pause: world.rng.bool(),
                restores_options: world.rng.bool(),
                jitter,
            }),
            _ => ActivityAction::ChangeOptions(OptionsChange::Edit(vec![
                OptionEdit::MaximumAttempts(world.rng.u32(3..9)),
                OptionEdit::StartToClose(Some(Millis::new(world.rng.u64(1_000..60_000)))),
            ])),
        };
        world.tell(|| format!("to the activities of {}: {action:?}", run.execution.workflow_id));
        operate(world, run, action);
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

fn operate(world: &mut World, run: &RunSummary, action: ActivityAction) {
    let (reply, _nobody_waits) = channel();
    world.ask(Request::Operate(
        target(run),
        ActivitySelection::All,
        Box::new(action),
        reply,
    ));
}

fn target(run: &RunSummary) -> Target {
    Target::of("default", &run.execution)
}
