//! Updates: sent, sent again, and awaited, until they have their answer.

use super::json;
use crate::simulation::clients::Call;
use crate::simulation::world::World;
use mainspring::shard::{Request, Target, UpdateError, UpdateStatus};
use mainspring_core::{Event, Refused, UpdateOutcome, UpdateRequest};
use tokio::sync::oneshot::channel;

pub(super) struct Update {
    id: String,
    amount: u64,
    pub(super) call: Call<UpdateStatus, UpdateError>,
    was_accepted: bool,
    outcome: Option<UpdateOutcome>,
    /// Whether it is to be sent once more, though it has its answer.
    repeats: u32,
}

impl Update {
    pub(super) fn new(amount: u64, world: &mut World) -> Self {
        Self {
            id: format!("update-{amount}"),
            amount,
            call: Call::NotMade,
            was_accepted: false,
            outcome: None,
            repeats: world.rng.u32(..3),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.call, Call::Answered)
    }

    pub(super) fn hear(&mut self, world: &World) {
        let Some(answer) = self.call.poll() else { return };
        let status = match answer {
            // It goes on some time, and takes the update then.
            Err(UpdateError::Refused(Refused::RunPaused)) => {
                self.call = Call::NotMade;
                return;
            }
            // So do all of its type.
            Err(UpdateError::Blocked(reason)) if reason.contains("is paused") => {
                self.call = Call::NotMade;
                return;
            }
            answer => answer.unwrap_or_else(|error| panic!("{} is refused: {error}", self.id)),
        };
        let is_rejected = self.amount == 0;
        if !is_rejected {
            let known = world
                .history(status.run_id)
                .into_iter()
                .any(|record| matches!(&record.event, Event::UpdateAccepted(update) if update.id == self.id));
            assert!(known, "an acknowledged update is lost");
            self.was_accepted = true;
        }
        let Some(outcome) = status.outcome else {
            assert!(!is_rejected, "{} is accepted", self.id);
            self.call = Call::NotMade;
            return;
        };
        assert_eq!(outcome.is_err(), is_rejected, "{}: {outcome:?}", self.id);
        let before = self.outcome.replace(outcome.clone());
        assert!(
            before.is_none_or(|before| before == outcome),
            "{} has two answers",
            self.id
        );
        if self.repeats > 0 {
            self.repeats -= 1;
            self.call = Call::NotMade;
        }
    }

    pub(super) fn go_on(&mut self, target: Target, world: &mut World) {
        let (reply, answer) = channel();
        self.call = Call::Made(answer);
        if self.was_accepted && world.rng.bool() {
            return world.ask(Request::AwaitUpdate(target, self.id.clone(), reply));
        }
        let update = UpdateRequest {
            id: self.id.clone(),
            name: "add".into(),
            input: vec![json(self.amount)],
            headers: Vec::new(),
            identity: "client".into(),
        };
        world.ask(Request::Update(target, Box::new(update), reply));
    }
}
