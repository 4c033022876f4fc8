//! Clients: they start workflows, signal, query and cancel, and ask again until they have an answer.

use super::world::World;
use mainspring::shard::{
    CancelRequest, IdConflictPolicy, IdReusePolicy, QueryError, Request, RunError, StartError, StartRequest, Started,
    Target,
};
use mainspring::wasm::Question;
use mainspring_core::{Event, Execution, Payload, Record, RunId, SignalReceived, WorkflowTimeouts};
use tokio::sync::oneshot::{Receiver, channel, error::TryRecvError};

const WORKFLOWS: usize = 5;

/// What a workflow is to come to.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// So many activities, one after the other.
    Steps(u32),
    /// So many at once.
    FanOut(u32),
    /// A timer of so many milliseconds.
    Sleeper(u64),
    /// So many signals, in any order but each once.
    Collects(u32),
    /// Runs until it is asked to cancel itself.
    Cancellable,
}

pub(super) struct Clients {
    workflows: Vec<Workflow>,
}

struct Workflow {
    id: String,
    kind: Kind,
    start: Call<Started, StartError>,
    run: Option<RunId>,
    /// One entry a signal that is to be sent.
    signals: Vec<Call<(), RunError>>,
    cancel: Call<(), RunError>,
    query: Option<Receiver<Result<Payload, QueryError>>>,
}

/// A call that is made until it is answered.
pub(super) enum Call<T, E> {
    NotMade,
    Made(Receiver<Result<T, E>>),
    Answered,
}

impl<T, E: std::fmt::Display> Call<T, E> {
    pub(super) fn is_to_be_made(&self) -> bool {
        matches!(self, Self::NotMade)
    }

    /// The answer, if there is one by now. A call that died with the host is to be made again.
    pub(super) fn poll(&mut self) -> Option<Result<T, E>> {
        let Self::Made(receiver) = self else { return None };
        match receiver.try_recv() {
            Ok(answer) => {
                *self = Self::Answered;
                Some(answer)
            }
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Closed) => {
                *self = Self::NotMade;
                None
            }
        }
    }
}

impl Clients {
    pub(super) fn new(world: &mut World) -> Self {
        let workflows = (0..WORKFLOWS).map(|at| {
            let kind = match world.rng.u8(..5) {
                0 => Kind::Steps(world.rng.u32(1..6)),
                1 => Kind::FanOut(world.rng.u32(1..6)),
                2 => Kind::Sleeper(world.rng.u64(..100_000)),
                3 => Kind::Collects(world.rng.u32(1..5)),
                _ => Kind::Cancellable,
            };
            let signals = match kind {
                Kind::Collects(count) => (0..count).map(|_| Call::NotMade).collect(),
                _ => Vec::new(),
            };
            let id = format!("workflow-{at}");
            Workflow {
                id,
                kind,
                start: Call::NotMade,
                run: None,
                signals,
                cancel: Call::NotMade,
                query: None,
            }
        });
        Self {
            workflows: workflows.collect(),
        }
    }

    /// Some client does something.
    pub(super) fn act(&mut self, world: &mut World) {
        let at = world.rng.usize(..self.workflows.len());
        let workflow = &mut self.workflows[at];
        workflow.hear(world);
        match world.rng.u8(..4) {
            0 if workflow.run.is_some() => workflow.ask_query(world),
            _ => workflow.go_on(world),
        }
    }

    /// Every client does what it still has to.
    pub(super) fn insist(&mut self, world: &mut World) {
        for workflow in &mut self.workflows {
            workflow.hear(world);
            workflow.go_on(world);
        }
    }

    pub(super) fn all_is_over(&self, world: &World) -> bool {
        self.workflows.iter().all(|workflow| workflow.is_over(world))
    }

    /// What has not come to its end, for a person to see why.
    pub(super) fn unfinished(&self, world: &World) -> String {
        let open = self.workflows.iter().filter(|workflow| !workflow.is_over(world));
        let tell = |workflow: &Workflow| {
            let history = workflow.run.map(|run| world.history(run)).unwrap_or_default();
            let events: Vec<_> = history.iter().map(|record| format!("  {:?}", record.event)).collect();
            format!("{} ({:?}):\n{}", workflow.id, workflow.kind, events.join("\n"))
        };
        open.map(tell).collect::<Vec<_>>().join("\n")
    }

    /// Every workflow came to what it had to, and has everything that was acknowledged, once.
    pub(super) fn check(&self, world: &World) {
        for workflow in &self.workflows {
            workflow.check(world);
        }
    }
}

impl Workflow {
    fn hear(&mut self, world: &mut World) {
        if let Some(answer) = self.start.poll() {
            let started = answer.unwrap_or_else(|error| panic!("{} does not start: {error}", self.id));
            assert!(
                self.run.is_none_or(|run| run == started.run_id),
                "{} has two runs",
                self.id
            );
            assert!(
                !world.history(started.run_id).is_empty(),
                "an acknowledged start is lost"
            );
            self.run = Some(started.run_id);
            let id = self.id.clone();
            world.tell(|| format!("{id} is started"));
        }
        for signal in &mut self.signals {
            if let Some(answer) = signal.poll() {
                answer.unwrap_or_else(|error| panic!("{} refuses a signal: {error}", self.id));
            }
        }
        if let Some(answer) = self.cancel.poll() {
            // It may have slept for its whole day before anybody asked.
            let is_taken = matches!(answer, Ok(()) | Err(RunError::Closed));
            assert!(is_taken, "{} refuses to be cancelled: {answer:?}", self.id);
        }
        if let Some(Ok(answer)) = self.query.as_mut().map(Receiver::try_recv) {
            assert!(
                !matches!(&answer, Err(QueryError::Blocked(reason)) if !reason.contains("is paused")),
                "{} is blocked: {answer:?}",
                self.id
            );
            self.query = None;
        }
    }

    /// Makes the next call that is to be made.
    fn go_on(&mut self, world: &mut World) {
        if self.start.is_to_be_made() {
            let (reply, answer) = channel();
            self.start = Call::Made(answer);
            let request = self.start_request(world);
            return world.ask(Request::Start(Box::new(request), reply));
        }
        if self.run.is_none() {
            return;
        }
        let target = Target::current("default", &self.id);
        if let Some((number, signal)) = self
            .signals
            .iter_mut()
            .enumerate()
            .find(|(_, signal)| signal.is_to_be_made())
        {
            let (reply, answer) = channel();
            *signal = Call::Made(answer);
            let it = SignalReceived {
                name: "collect".into(),
                input: vec![Payload::encoded("json/plain", format!("\"{number}\""))],
                headers: Vec::new(),
                identity: "client".into(),
                request_id: format!("signal-{number}"),
                sender: None,
            };
            return world.ask(Request::Signal(target, Box::new(it), reply));
        }
        if matches!(self.kind, Kind::Cancellable) && self.cancel.is_to_be_made() {
            let (reply, answer) = channel();
            self.cancel = Call::Made(answer);
            let request = CancelRequest {
                request_id: "cancel".into(),
                ..CancelRequest::default()
            };
            world.ask(Request::RequestCancel(target, request, reply));
        }
    }

    fn ask_query(&mut self, world: &mut World) {
        if !matches!(self.kind, Kind::Collects(_)) {
            return;
        }
        let (reply, answer) = channel();
        self.query = Some(answer);
        let target = Target::current("default", &self.id);
        let question = Question {
            name: "collected".into(),
            input: Vec::new(),
            headers: Vec::new(),
        };
        world.ask(Request::Query(target, question, reply));
    }

    fn start_request(&self, world: &mut World) -> StartRequest {
        let (workflow_type, argument) = match self.kind {
            Kind::Steps(count) => ("steps", Some(u64::from(count))),
            Kind::FanOut(count) => ("fanout", Some(u64::from(count))),
            Kind::Sleeper(millis) => ("sleeper", Some(millis)),
            Kind::Collects(count) => ("collector", Some(u64::from(count))),
            Kind::Cancellable => ("cancellable", None),
        };
        let input = argument.map(|it| Payload::encoded("json/plain", it.to_string()));
        start_request(world, &self.id, workflow_type, input.into_iter().collect())
    }

    fn is_over(&self, world: &World) -> bool {
        let last = self.run.and_then(|run| world.history(run).pop());
        last.is_some_and(|record| record.event.closes_as().is_some())
            && self.signals.iter().all(|signal| matches!(signal, Call::Answered))
    }

    fn check(&self, world: &World) {
        let history = self.run.map(|run| world.history(run)).unwrap_or_default();
        let signals = history
            .iter()
            .filter(|record| matches!(record.event, Event::SignalReceived(_)))
            .count();
        assert_eq!(signals, self.signals.len(), "{}: signals are lost or doubled", self.id);
        let output = match history.last().map(|record| &record.event) {
            Some(Event::RunCompleted { output, .. }) => output.as_ref().map(ToString::to_string),
            Some(Event::RunCancelled { .. }) => return,
            // Three unlucky attempts are enough for an activity, and for the run.
            Some(Event::RunFailed { .. }) if has_lost_an_activity(&history) => return,
            other => panic!("{} ({:?}) ended as {other:?}", self.id, self.kind),
        };
        match self.kind {
            Kind::Steps(count) => assert_eq!(output, Some(count.to_string())),
            Kind::FanOut(count) => assert_eq!(output, Some((0..count).sum::<u32>().to_string())),
            Kind::Collects(count) => {
                let text = output.unwrap_or_default();
                let mut notes: Vec<String> =
                    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{} collected {text}", self.id));
                notes.sort_unstable();
                let sent: Vec<_> = (0..count).map(|number| number.to_string()).collect();
                assert_eq!(notes, sent, "{}: notes are lost or doubled", self.id);
            }
            Kind::Sleeper(_) | Kind::Cancellable => {}
        }
    }
}

/// A new workflow, as a client asks for it.
pub(super) fn start_request(
    world: &mut World,
    workflow_id: &str,
    workflow_type: &str,
    input: Vec<Payload>,
) -> StartRequest {
    StartRequest {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: workflow_id.into(),
            run_id: world.new_id(),
        },
        random_seed: (world.rng.u64(..), world.rng.u64(..)),
        workflow_type: workflow_type.into(),
        task_queue: "queue".into(),
        input,
        headers: Vec::new(),
        timeouts: WorkflowTimeouts::default(),
        retry: None,
        cron_schedule: String::new(),
        start_delay: None,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        priority: None,
        identity: "client".into(),
        // The same whenever it is asked again: that is how it is recognised.
        request_id: "start".into(),
        summary: None,
        details: None,
        reuse: IdReusePolicy::RejectDuplicate,
        conflict: IdConflictPolicy::Fail,
        parentage: None,
        scheduled: None,
    }
}

fn has_lost_an_activity(history: &[Record]) -> bool {
    history.iter().any(|record| {
        matches!(
            record.event,
            Event::ActivityFailed { .. } | Event::ActivityTimedOut { .. }
        )
    })
}
