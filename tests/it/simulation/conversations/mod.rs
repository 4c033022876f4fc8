//! Clients of workflows that have to do with others: families, chains of runs, signals between workflows, updates.

mod ends;
mod updates;

use super::clients::{Call, start_request};
use super::world::World;
use mainspring::shard::{IdReusePolicy, Request, RunError, StartError, Started, Target};
use mainspring_core::{Millis, Payload, RetryPolicy, RunId, SignalReceived};
use tokio::sync::oneshot::channel;
use updates::Update;

const CONVERSATIONS: usize = 2;
const UPDATES: u64 = 4;

/// What is talked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A parent with children that end in every way there is.
    Family,
    /// A child whose workflow id somebody else uses again, as soon as it may be used.
    Heir,
    /// A workflow that signals another one so often.
    Tells(u32),
    /// Updates of every kind, and a signal that ends it.
    Updates,
    /// A run that continues as new so often.
    CountsRuns(u32),
    /// A workflow that fails until this attempt.
    SucceedsAt(u32),
    /// A start that waits for an hour, or for a signal.
    Delayed,
}

pub(super) struct Conversations(Vec<Conversation>);

struct Conversation {
    id: String,
    kind: Kind,
    start: Call<Started, StartError>,
    run: Option<RunId>,
    /// Of the other workflow, if there are two.
    second: Call<Started, StartError>,
    updates: Vec<Update>,
    signal: Call<(), RunError>,
}

impl Conversations {
    pub(super) fn new(world: &mut World) -> Self {
        let conversations = (0..CONVERSATIONS).map(|at| {
            let kind = match world.rng.u8(..7) {
                0 => Kind::Family,
                1 => Kind::Heir,
                2 => Kind::Tells(world.rng.u32(1..4)),
                3 => Kind::Updates,
                4 => Kind::CountsRuns(world.rng.u32(1..5)),
                5 => Kind::SucceedsAt(world.rng.u32(2..5)),
                _ => Kind::Delayed,
            };
            let updates = match kind {
                Kind::Updates => (0..UPDATES).map(|amount| Update::new(amount, world)).collect(),
                _ => Vec::new(),
            };
            Conversation {
                id: format!("conversation-{at}"),
                kind,
                start: Call::NotMade,
                run: None,
                second: match kind {
                    Kind::Heir | Kind::Tells(_) => Call::NotMade,
                    _ => Call::Answered,
                },
                updates,
                signal: match kind {
                    Kind::Updates | Kind::Delayed => Call::NotMade,
                    _ => Call::Answered,
                },
            }
        });
        Self(conversations.collect())
    }

    /// Somebody says something.
    pub(super) fn act(&mut self, world: &mut World) {
        let at = world.rng.usize(..self.0.len());
        self.0[at].go_on(world);
    }

    /// Everybody says what is still to be said.
    pub(super) fn insist(&mut self, world: &mut World) {
        for conversation in &mut self.0 {
            conversation.go_on(world);
        }
    }

    pub(super) fn are_over(&self) -> bool {
        self.0.iter().all(Conversation::is_over)
    }

    pub(super) fn check(&self, world: &World) {
        ends::check_all_runs(world);
        for conversation in &self.0 {
            conversation.check(world);
        }
    }
}

impl Conversation {
    fn go_on(&mut self, world: &mut World) {
        self.hear(world);
        if self.second_comes_first() && self.second.is_to_be_made() {
            return self.start_second(world);
        }
        if self.start.is_to_be_made() {
            return self.start_first(world);
        }
        let target = Target::current("default", &self.id);
        if self.run.is_none() {
            return;
        }
        if let Some(update) = self.updates.iter_mut().find(|update| update.call.is_to_be_made()) {
            return update.go_on(target, world);
        }
        if self.signal.is_to_be_made() && self.updates.iter().all(Update::is_over) {
            let (reply, answer) = channel();
            self.signal = Call::Made(answer);
            let (name, input) = match self.kind {
                Kind::Delayed => ("collect", vec![json("\"0\"")]),
                _ => ("close", Vec::new()),
            };
            let signal = SignalReceived {
                name: name.into(),
                input,
                headers: Vec::new(),
                identity: "client".into(),
                request_id: "signal".into(),
                sender: None,
            };
            return world.ask(Request::Signal(target, Box::new(signal), reply));
        }
        if self.second.is_to_be_made() && self.second_may_start(world) {
            self.start_second(world);
        }
    }

    fn hear(&mut self, world: &World) {
        if let Some(answer) = self.start.poll() {
            let started = answer.unwrap_or_else(|error| panic!("{} does not start: {error}", self.id));
            assert!(
                !world.history(started.run_id).is_empty(),
                "an acknowledged start is lost"
            );
            // Asked again, it may tell of a later run of the chain.
            self.run.get_or_insert(started.run_id);
        }
        if let Some(answer) = self.second.poll() {
            answer.unwrap_or_else(|error| panic!("{} does not start: {error}", self.second_id()));
        }
        for update in &mut self.updates {
            update.hear(world);
        }
        if let Some(answer) = self.signal.poll() {
            // It may be told again after it has closed the run.
            assert!(
                matches!(answer, Ok(()) | Err(RunError::Closed)),
                "{} refuses the signal",
                self.id
            );
        }
    }

    fn start_first(&mut self, world: &mut World) {
        let (workflow_type, input) = match self.kind {
            Kind::Family => ("family", Vec::new()),
            Kind::Heir => {
                let child = format!("\"{}\"", self.second_id());
                ("calls_child", vec![json("\"echo\""), json(child), json(7)])
            }
            Kind::Tells(count) => ("tells", vec![json(format!("\"{}\"", self.second_id())), json(count)]),
            Kind::Updates => ("counter", Vec::new()),
            Kind::CountsRuns(count) => ("counts_runs", vec![json(count), json(0)]),
            Kind::SucceedsAt(attempt) => ("succeeds_at", vec![json(attempt)]),
            Kind::Delayed => ("collector", vec![json(1)]),
        };
        let mut request = start_request(world, &self.id, workflow_type, input);
        match self.kind {
            Kind::SucceedsAt(_) => request.retry = Some(RetryPolicy::default()),
            Kind::Delayed => request.start_delay = Some(Millis::from_secs(3_600)),
            _ => {}
        }
        let (reply, answer) = channel();
        self.start = Call::Made(answer);
        world.ask(Request::Start(Box::new(request), reply));
    }

    fn start_second(&mut self, world: &mut World) {
        let (workflow_type, argument) = match self.kind {
            Kind::Tells(count) => ("collector", count),
            _ => ("echo", 8),
        };
        let mut request = start_request(world, &self.second_id(), workflow_type, vec![json(argument)]);
        request.reuse = IdReusePolicy::AllowDuplicate;
        let (reply, answer) = channel();
        self.second = Call::Made(answer);
        world.ask(Request::Start(Box::new(request), reply));
    }

    /// Who is to be signalled must be there.
    fn second_comes_first(&self) -> bool {
        matches!(self.kind, Kind::Tells(_)) && !matches!(self.second, Call::Answered)
    }

    /// Whether the child has left its workflow id.
    fn second_may_start(&self, world: &World) -> bool {
        let id = self.second_id();
        let runs = world.runs();
        runs.iter()
            .any(|run| run.execution.workflow_id == id && run.status.is_closed())
    }

    fn second_id(&self) -> String {
        format!("{}-second", self.id)
    }

    fn is_over(&self) -> bool {
        self.run.is_some()
            && matches!(self.second, Call::Answered)
            && matches!(self.signal, Call::Answered)
            && self.updates.iter().all(Update::is_over)
    }
}

fn json(value: impl ToString) -> Payload {
    Payload::encoded("json/plain", value.to_string())
}
