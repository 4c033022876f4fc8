//! Workflows that are reset again and again, to any point of any of their runs, and come to the same end.

use super::clients::{Call, start_request};
use super::world::World;
use mainspring::shard::{Request, ResetError, ResetPoint, ResetRequest, RunError, StartError, Started, Target};
use mainspring_core::{Event, Payload, Reapply, Record, RunId, SignalReceived};
use tokio::sync::oneshot::channel;

const WORKFLOWS: usize = 2;
const RESETS_MAX: u32 = 3;

/// What is reset.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// So many activities, one after the other.
    Steps(u32),
    /// So many signals, in any order but each once.
    Collects(u32),
    /// A child under a workflow id that its parent chose.
    Child,
    /// Children that are cancelled or left behind in every way there is.
    Family,
    /// A run that continues as new so often.
    CountsRuns(u32),
}

pub(super) struct Resets(Vec<Workflow>);

struct Workflow {
    id: String,
    kind: Kind,
    start: Call<Started, StartError>,
    is_started: bool,
    /// One entry a signal that is to be sent.
    signals: Vec<Call<(), RunError>>,
    reset: Call<RunId, ResetError>,
    /// What was asked, to be asked again.
    asked: Option<(Target, ResetRequest)>,
    resets_left: u32,
}

impl Resets {
    pub(super) fn new(world: &mut World) -> Self {
        let workflows = (0..WORKFLOWS).map(|at| {
            let kind = match world.rng.u8(..5) {
                0 => Kind::Steps(world.rng.u32(1..5)),
                1 => Kind::Collects(world.rng.u32(1..5)),
                2 => Kind::Child,
                3 => Kind::Family,
                _ => Kind::CountsRuns(world.rng.u32(1..4)),
            };
            let signals = match kind {
                Kind::Collects(count) => (0..count).map(|_| Call::NotMade).collect(),
                _ => Vec::new(),
            };
            Workflow {
                id: format!("reset-{at}"),
                kind,
                start: Call::NotMade,
                is_started: false,
                signals,
                reset: Call::NotMade,
                asked: None,
                resets_left: world.rng.u32(..=RESETS_MAX),
            }
        });
        Self(workflows.collect())
    }

    /// Somebody goes on, or goes back.
    pub(super) fn act(&mut self, world: &mut World) {
        let at = world.rng.usize(..self.0.len());
        let workflow = &mut self.0[at];
        workflow.hear(world);
        match world.rng.bool() {
            true => workflow.go_on(world),
            false => workflow.go_back(world),
        }
    }

    /// Everybody comes to an end; what was asked for is asked for again until it is answered.
    pub(super) fn insist(&mut self, world: &mut World) {
        for workflow in &mut self.0 {
            workflow.hear(world);
            workflow.go_on(world);
            if workflow.asked.is_some() {
                workflow.go_back(world);
            }
        }
    }

    pub(super) fn are_over(&self) -> bool {
        self.0.iter().all(|workflow| {
            let signals = workflow.signals.iter();
            workflow.is_started
                && workflow.asked.is_none()
                && signals.clone().all(|signal| matches!(signal, Call::Answered))
        })
    }

    pub(super) fn check(&self, world: &World) {
        for workflow in &self.0 {
            workflow.check(world);
        }
    }
}

impl Workflow {
    fn hear(&mut self, world: &mut World) {
        if let Some(answer) = self.start.poll() {
            answer.unwrap_or_else(|error| panic!("{} does not start: {error}", self.id));
            self.is_started = true;
        }
        for signal in &mut self.signals {
            if let Some(answer) = signal.poll() {
                answer.unwrap_or_else(|error| panic!("{} refuses a signal: {error}", self.id));
            }
        }
        if let Some(answer) = self.reset.poll() {
            let run = answer.unwrap_or_else(|error| panic!("{} is not reset: {error}", self.id));
            let history = world.history(run);
            assert!(history.iter().any(is_reset), "an acknowledged reset is lost");
            let id = self.id.clone();
            world.tell(|| format!("{id} is reset"));
            self.asked = None;
            self.resets_left -= 1;
        }
    }

    fn go_on(&mut self, world: &mut World) {
        if self.start.is_to_be_made() {
            let (workflow_type, input) = match self.kind {
                Kind::Steps(count) => ("steps", vec![json(count)]),
                Kind::Collects(count) => ("collector", vec![json(count)]),
                Kind::Child => {
                    let child = format!("\"{}-child\"", self.id);
                    ("calls_child", vec![json("\"echo\""), json(child), json(7)])
                }
                Kind::Family => ("family", Vec::new()),
                Kind::CountsRuns(count) => ("counts_runs", vec![json(count), json(0)]),
            };
            let (reply, answer) = channel();
            self.start = Call::Made(answer);
            let request = start_request(world, &self.id, workflow_type, input);
            return world.ask(Request::Start(Box::new(request), reply));
        }
        let target = self.target();
        let mut signals = self.signals.iter_mut().enumerate();
        let unsent = signals.find(|(_, signal)| signal.is_to_be_made());
        if let Some((number, signal)) = unsent.filter(|_| self.is_started) {
            let (reply, answer) = channel();
            *signal = Call::Made(answer);
            let it = SignalReceived {
                name: "collect".into(),
                input: vec![json(format!("\"{number}\""))],
                headers: Vec::new(),
                identity: "client".into(),
                request_id: format!("signal-{number}"),
                sender: None,
            };
            world.ask(Request::Signal(target, Box::new(it), reply));
        }
    }

    /// To any point of any run.
    fn go_back(&mut self, world: &mut World) {
        if !self.is_started || self.resets_left == 0 || matches!(self.reset, Call::Made(_)) {
            return;
        }
        if self.asked.is_none() {
            self.asked = self.choose(world);
        }
        if let Some((target, request)) = self.asked.clone() {
            let (reply, answer) = channel();
            self.reset = Call::Made(answer);
            world.ask(Request::Reset(target, Box::new(request), reply));
        }
    }

    fn choose(&self, world: &mut World) -> Option<(Target, ResetRequest)> {
        let all = world.runs();
        let own = all.iter().filter(|run| run.execution.workflow_id == self.id);
        let runs: Vec<RunId> = own.map(|run| run.execution.run_id).collect();
        let run = *runs.get(world.rng.usize(..runs.len().max(1)))?;
        let history = world.history(run).into_iter().enumerate();
        let points = history.filter(|(_, record)| matches!(record.event, Event::Activated(_)) || is_reset(record));
        let points: Vec<usize> = points.map(|(place, _)| place).collect();
        let kept = *points.get(world.rng.usize(..points.len().max(1)))?;
        let target = Target {
            run_id: Some(run),
            ..self.target()
        };
        let request = ResetRequest {
            point: ResetPoint::After(kept),
            run_id: world.new_id(),
            random_seed: (world.rng.u64(..), world.rng.u64(..)),
            reason: "the seed says so".into(),
            identity: "client".into(),
            request_id: format!("reset-{}", self.resets_left),
            reapply: Reapply {
                signals: true,
                updates: true,
                cancel_requests: true,
            },
        };
        Some((target, request))
    }

    fn check(&self, world: &World) {
        let id = &self.id;
        let current = world.current_run(id).expect("it was started");
        let history = world.history(current);
        let output = match history.last().map(|record| &record.event) {
            Some(Event::RunCompleted { output, .. }) => output.as_ref().map(ToString::to_string).unwrap_or_default(),
            // Three unlucky attempts are enough for an activity, and for the run.
            Some(Event::RunFailed { .. }) if matches!(self.kind, Kind::Steps(_)) => return,
            other => panic!("{id} ({:?}) ended as {other:?}", self.kind),
        };
        match self.kind {
            Kind::Steps(count) => assert_eq!(output, count.to_string(), "{id}"),
            Kind::Collects(count) => {
                let mut notes: Vec<String> = serde_json::from_str(&output).expect("a list");
                notes.sort_unstable();
                let sent: Vec<_> = (0..count).map(|number| number.to_string()).collect();
                assert_eq!(notes, sent, "{id}: notes are lost or doubled");
            }
            Kind::Child => assert_eq!(output, "7", "{id}"),
            // How its children end depends on what the run before had asked of them.
            Kind::Family => {}
            Kind::CountsRuns(count) => assert_eq!(output, count.to_string(), "{id}"),
        }
    }

    fn target(&self) -> Target {
        Target::current("default", &self.id)
    }
}

const fn is_reset(record: &Record) -> bool {
    matches!(record.event, Event::RunReset(_))
}

fn json(value: impl ToString) -> Payload {
    Payload::encoded("json/plain", value.to_string())
}
