//! A small language for stories about one run, and their telling.
//!
//! A script is a list of statements with `;` between them; the clock begins at 0 and moves by `wait` alone.
//!
//! | statement | what it does |
//! |---|---|
//! | `start [run-timeout=5s] [execution-timeout=5s] [delay=5s] [cron=TEXT] [child] [attempts=3] …` | starts the run |
//! | `activate: COMMAND, COMMAND` | activates the guest, which asks for these |
//! | `trap: COMMAND, COMMAND` | the same, but the guest fails in the end |
//! | `take ACTIVITY [NUMBER] [by WORKER] [here]` | a worker takes an attempt; `here`: in the host's process |
//! | `done`, `fail`, `cancelled`, `beat ACTIVITY [NUMBER] [TEXT] [OPTION]` | it reports |
//! | `return ACTIVITY [NUMBER]` | it never received the attempt |
//! | `signal NAME [ID]`, `update NAME ID`, `ask-cancel [ID]`, `terminate` | a client speaks |
//! | `pause [ID]`, `resume [ID]` | an operator does |
//! | `pause-activity WHICH [ID]` | an operator acts on activities: on one by its name, on those of `type=TYPE`, on `all` |
//! | `unpause-activity WHICH [attempts] [heartbeat] [jitter=5s]` | the same |
//! | `reset-activity WHICH [heartbeat] [keep-paused] [restore] [jitter=5s]` | the same |
//! | `change WHICH restore` / `change WHICH start-to-close=5s queue=NAME attempts=3 …` | the same |
//! | `started CHILD`, `in-use CHILD`, `not-started CHILD REASON` | another run tells of a child's start |
//! | `completed`, `failed`, `ended-cancelled`, `terminated`, `timed-out CHILD [TEXT]` | it tells of its end |
//! | `delivered NAME`, `not-found NAME` | what became of a message |
//! | `redeploy 1: COMMAND` / `redeploy 1: drop PATCH` | other code: in the first activation, it begins with / without this |
//! | `reset 2 [without signals, updates, cancel-requests]` | goes on as another run, from before that activation |
//! | `succeed` | on with the run that follows; cron schedules say that it begins at the next full minute |
//! | `wait 5s` / `set-back 5s` | time passes / the host's clock is set back |
//! | `undurable STATEMENT` | the statement, without making it durable |
//! | `crash` / `evict` | the host loses what is not durable / the run leaves memory, and comes back |
//!
//! | command | what it asks |
//! |---|---|
//! | `schedule ACTIVITY [wait] [abandon] [schedule-to-close=5s] [attempts=3] [initial=1s] …` | an activity |
//! | `timer NAME 5s`, `cancel NAME` (or `cancel #7`) | a timer, a cancellation |
//! | `child NAME [id=ID] [try] [abandon] [requested] [on-close=abandon] [on-close=cancel]` | a child of that type |
//! | `signal-to NAME WORKFLOW SIGNAL`, `cancel-to NAME WORKFLOW` | a message to another run |
//! | `answer UPDATE [TEXT]`, `reject UPDATE TEXT` | the end of an update |
//! | `patch NAME [deprecated]` | whether to take this path |
//! | `memo NAME=TEXT` (`NAME=` removes), `attribute NAME=TEXT` | what the run shows |
//! | `complete [TEXT]`, `fail TEXT`, `cancelled`, `continue [type=TYPE] [input=TEXT] [backoff=5s] …` | the outcome |

use crate::tell;
use crate::world::{self, Answer, Call, World};
use mainspring_core::{
    ActivityAction, ActivityRequest, ActivitySelection, ActivityTimeouts, ApplicationFailure, CancellationType,
    ChildCancellationType, ChildNotStarted, ChildOutcome, ChildRequest, Command, Continuation, Event, Execution,
    ExternalSignal, ExternalTarget, Failure, FailureInfo, FailureLayer, IdConflictPolicy, IdReusePolicy, Jitter,
    Millis, NotDelivered, OperationId, OptionEdit, OptionsChange, Parent, ParentClosePolicy, Pause, Payload, Place,
    Reapply, Record, Refused, Replay, Reset, RetryPolicy, RetryState, RunId, RunStarted, SignalReceived, Taken,
    TimerRequest, Timestamp, Unpause, UpdateRequest, WorkflowTimeouts,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Plays a script and tells what happened. Every story also replays to what it was, and folds to where it stands.
pub(crate) fn story(script: &str) -> String {
    let mut stage = Stage::default();
    for statement in statements(script) {
        writeln!(stage.told, "> {statement}").expect("a string takes everything");
        stage.play(&statement);
    }
    if let Some(world) = &stage.world {
        world.assert_folds_to_itself();
        world.assert_replays();
    }
    stage.told
}

/// Plays a script, and replays its history to a guest that asks for `asked`, one text an activation: tells why that
/// cannot go on.
pub(crate) fn divergence(script: &str, asked: &[&str]) -> String {
    let mut stage = Stage::default();
    statements(script).for_each(|statement| stage.play(&statement));
    let mut replay = Replay::new(stage.world().history.clone());
    let (mut next, mut names) = (OperationId(1), BTreeMap::new());
    for asked in asked {
        if let Err(error) = replay.next_activation() {
            return error.to_string();
        }
        for call in calls(asked, next, &mut names) {
            match call.replay(&mut replay) {
                Ok(Answer::Begun(Some(operation))) => next = OperationId(operation.0 + 1),
                Ok(Answer::Begun(None) | Answer::TakesPatch(_)) => {}
                Err(error) => return error.to_string(),
            }
        }
        if let Err(error) = replay.end_activation() {
            return error.to_string();
        }
    }
    "no divergence".into()
}

/// The statements, however the script is laid out.
fn statements(script: &str) -> impl Iterator<Item = String> {
    let words = |statement: &str| statement.split_whitespace().collect::<Vec<_>>().join(" ");
    script.split(';').map(words).filter(|statement| !statement.is_empty())
}

#[derive(Default)]
struct Stage {
    world: Option<World>,
    now: u64,
    names: BTreeMap<String, OperationId>,
    due: Option<Timestamp>,
    successor: Option<Box<RunStarted>>,
    told: String,
}

impl Stage {
    fn play(&mut self, statement: &str) {
        if let Some(rest) = statement.strip_prefix("undurable ") {
            self.act(rest);
            return;
        }
        self.act(statement);
        let from = self.world().history.len();
        let step = self.world().commit();
        let is_reset = |record: &Record| matches!(record.event, Event::RunReset(_));
        let copied = step.events.iter().rposition(is_reset).unwrap_or(0);
        for (place, record) in step.events.iter().enumerate().skip(copied) {
            self.line(tell::record(from + place, record));
        }
        for (operation, attempt) in &step.attempts {
            self.line(tell::attempt(*operation, attempt));
        }
        for message in &step.messages {
            self.line(tell::message(message));
        }
        if let Some(successor) = step.successor {
            self.line(format!("next: {}", tell::started(&successor)));
            self.successor = Some(successor);
        }
        for effect in &step.effects {
            self.line(tell::effect(effect));
        }
        let due = self.world().run.state().next_deadline();
        if due != self.due {
            self.line(tell::due(due));
            self.due = due;
        }
    }

    fn act(&mut self, statement: &str) {
        let now = Timestamp::from_millis(self.now);
        if let Some(commands) = statement.strip_prefix("activate:") {
            return self.activate(commands);
        }
        if let Some(commands) = statement.strip_prefix("trap:") {
            return self.trap(commands);
        }
        if let Some(change) = statement.strip_prefix("redeploy ") {
            return self.redeploy(change);
        }
        if let Some(point) = statement.strip_prefix("reset ") {
            return self.reset(point, now);
        }
        let mut words = statement.split_whitespace();
        let verb = words.next().expect("a statement has a verb");
        let words: Vec<&str> = words.collect();
        match verb {
            "start" => {
                self.world = Some(World::start(started(&words, now), now));
            }
            "succeed" => self.succeed(now),
            "update" => {
                let update = UpdateRequest {
                    id: words[1].into(),
                    name: words[0].into(),
                    input: Vec::new(),
                    headers: Vec::new(),
                    identity: "client".into(),
                };
                let taken = self.world().run.accept_update(update, now);
                self.taken(taken);
            }
            "wait" => {
                self.now = self.now.saturating_add(duration(words[0]).get());
                let now = Timestamp::from_millis(self.now);
                self.world().run.pass_time(now, world::calendar);
            }
            "set-back" => self.now -= duration(words[0]).get(),
            "evict" => self.world().evict(),
            "crash" => self.world().crash(now),
            "signal" => {
                let signal = SignalReceived {
                    name: words[0].into(),
                    input: Vec::new(),
                    headers: Vec::new(),
                    identity: "client".into(),
                    request_id: words.get(1).copied().unwrap_or_default().into(),
                    sender: None,
                };
                let taken = self.world().run.signal(signal, now);
                self.taken(taken);
            }
            "ask-cancel" => {
                let id = words.first().copied().unwrap_or_default().into();
                let taken = self
                    .world()
                    .run
                    .request_cancel("changed my mind".into(), "client".into(), id, None, now);
                self.taken(taken);
            }
            "pause" | "resume" => {
                let pause = Pause {
                    reason: "maintenance".into(),
                    identity: "operator".into(),
                    request_id: words.first().copied().unwrap_or_default().into(),
                };
                let taken = match verb {
                    "pause" => self.world().run.pause(pause, now),
                    _ => self.world().run.resume(pause, now),
                };
                self.taken(taken);
            }
            "terminate" => {
                let ended = self
                    .world()
                    .run
                    .terminate("out of stock".into(), Vec::new(), "operator".into(), now);
                self.refused(ended);
            }
            "pause-activity" | "unpause-activity" | "reset-activity" | "change" => self.operate(verb, &words, now),
            "started" | "in-use" | "not-started" | "completed" | "failed" | "ended-cancelled" | "terminated"
            | "timed-out" | "delivered" | "not-found" => self.hear(verb, &words, now),
            _ => self.report(verb, &words, now),
        }
    }

    /// What operators do to activities.
    fn operate(&mut self, verb: &str, words: &[&str], now: Timestamp) {
        let (which, words) = words.split_first().expect("WHICH");
        let has = |word| words.contains(&word);
        let jitter = Jitter {
            below: option(words, "jitter").map(duration).unwrap_or_default(),
            seed: 7,
        };
        let action = match verb {
            "pause-activity" => ActivityAction::Pause(Pause {
                reason: "maintenance".into(),
                identity: "operator".into(),
                request_id: words.first().copied().unwrap_or_default().into(),
            }),
            "unpause-activity" => ActivityAction::Unpause(Unpause {
                resets_attempts: has("attempts"),
                drops_heartbeat: has("heartbeat"),
                jitter,
            }),
            "reset-activity" => ActivityAction::Reset(Reset {
                drops_heartbeat: has("heartbeat"),
                keeps_pause: has("keep-paused"),
                restores_options: has("restore"),
                jitter,
            }),
            _ if has("restore") => ActivityAction::ChangeOptions(OptionsChange::Restore),
            _ => ActivityAction::ChangeOptions(OptionsChange::Edit(words.iter().map(|word| edit(word)).collect())),
        };
        let selection = match (*which, which.strip_prefix("type=")) {
            ("all", _) => ActivitySelection::All,
            (_, Some(name)) => ActivitySelection::Type(name.into()),
            (name, None) => {
                let operation = operation(name, &self.names);
                let activity = self.world().run.state().activity(operation);
                ActivitySelection::Id(activity.map_or_else(|| name.into(), |it| it.activity_id()))
            }
        };
        let answer = self.world().run.operate(&selection, &action, now).map(drop);
        self.refused(answer);
    }

    /// What other runs say.
    fn hear(&mut self, verb: &str, words: &[&str], now: Timestamp) {
        let operation = operation(words[0], &self.names);
        let run = &mut self.world().run;
        let text = words.get(1).map(|text| payload(text));
        let outcome = match verb {
            "completed" => Some(ChildOutcome::Completed(text)),
            "failed" => {
                let failure = failure(words.get(1), words);
                Some(ChildOutcome::Failed(failure, RetryState::MaximumAttemptsReached))
            }
            "ended-cancelled" => Some(ChildOutcome::Cancelled(text.into_iter().collect())),
            "terminated" => Some(ChildOutcome::Terminated),
            "timed-out" => Some(ChildOutcome::TimedOut(RetryState::RetryPolicyNotSet)),
            _ => None,
        };
        let answer = match (verb, outcome) {
            (_, Some(outcome)) => run.child_closed(operation, outcome, now),
            ("started", _) => run.child_started(operation, RunId::from_bytes([2; 16]), now),
            ("in-use", _) => run.child_not_started(operation, ChildNotStarted::WorkflowIdInUse, now),
            ("not-started", _) => run.child_not_started(operation, ChildNotStarted::Refused(words[1].into()), now),
            ("delivered", _) => run.message_resolved(operation, Ok(()), now),
            _ => run.message_resolved(operation, Err(NotDelivered::NotFound), now),
        };
        self.refused(answer);
    }

    /// Goes on as another run, from before an activation.
    fn reset(&mut self, point: &str, now: Timestamp) {
        let (turn, without) = point.split_once(" without ").unwrap_or((point, ""));
        let turn: usize = turn.parse().expect("a number");
        let history = &self.world().history;
        let activations = history.iter().enumerate().filter(|(_, it)| world::is_activated(it));
        let (kept, _) = activations.clone().nth(turn - 1).expect("an activation");
        let reapply = Reapply {
            signals: !without.contains("signals"),
            updates: !without.contains("updates"),
            cancel_requests: !without.contains("cancel-requests"),
        };
        let length = history.len();
        let old = self.world().reset(kept, reapply, now).expect("a point to go back to");
        for (place, record) in old.events.iter().enumerate() {
            self.line(format!("the old run: {}", tell::record(length + place, record)));
        }
        for message in &old.messages {
            self.line(format!("the old run: {}", tell::message(message)));
        }
        let last = self.world().run.state().next_operation();
        self.names.retain(|_, operation| *operation < last);
    }

    /// Other code takes over; `change` says in which activation it does what else.
    fn redeploy(&mut self, change: &str) {
        let (turn, change) = change.split_once(": ").expect("TURN: CHANGE");
        let turn = turn.parse::<usize>().expect("a number") - 1;
        if let Some(dropped) = change.strip_prefix("drop ") {
            let calls = &mut self.world().decisions[turn].calls;
            calls.retain(|(call, _)| !matches!(call, Call::Patched(id, _) if id == dropped));
        } else {
            let more = self.calls(change);
            let calls = &mut self.world().decisions[turn].calls;
            calls.splice(0..0, more.into_iter().map(|call| (call, Answer::Begun(None))));
        }
        match self.world().redeploy() {
            Ok(()) => self.tell_patches(turn),
            Err(error) => self.line(error.to_string()),
        }
    }

    fn tell_patches(&mut self, turn: usize) {
        let calls = self.world().decisions[turn].calls.clone();
        for (call, answer) in calls {
            match (call, answer) {
                (Call::Patched(id, _), Answer::TakesPatch(true)) => self.line(format!("takes {id}")),
                (Call::Patched(id, _), _) => self.line(format!("declines {id}")),
                (Call::Order(_), _) => {}
            }
        }
    }

    /// Goes on with the run that follows.
    fn succeed(&mut self, now: Timestamp) {
        self.world().assert_folds_to_itself();
        self.world().assert_replays();
        let started = self.successor.take().expect("a run follows");
        self.names.clear();
        self.due = None;
        self.world = Some(World::start(*started, now));
    }

    /// What workers say.
    fn report(&mut self, verb: &str, words: &[&str], now: Timestamp) {
        let operation = operation(words[0], &self.names);
        let number = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1);
        let worker = words.iter().skip_while(|word| **word != "by").nth(1).unwrap_or(&"w1");
        let text = words
            .iter()
            .skip(1)
            .find(|word| word.parse::<u32>().is_err() && !word.contains('=') && !["here", "by"].contains(word));
        let run = &mut self.world().run;
        let answer = match verb {
            "take" => {
                let place = match words.contains(&"here") {
                    true => Place::InProcess,
                    false => Place::Remote,
                };
                run.start_attempt(operation, number, worker, place, now).map(|_| ())
            }
            "done" => run.complete_activity(operation, number, text.map(|text| payload(text)), (*worker).into(), now),
            "fail" => run.fail_activity(operation, number, failure(text, words), (*worker).into(), now),
            "cancelled" => run.cancel_activity(operation, number, Vec::new(), (*worker).into(), now),
            "return" => run.return_attempt(operation, number, now),
            "beat" => {
                let details = text.iter().map(|text| payload(text)).collect();
                run.heartbeat(operation, number, details, now).map(|answer| {
                    let told = [
                        (answer.cancel_requested, "the worker is to cancel it"),
                        (answer.is_paused, "the worker hears that it is paused"),
                        (answer.is_reset, "the worker hears that it was reset"),
                    ];
                    let told = told.into_iter().filter(|(is_told, _)| *is_told);
                    told.for_each(|(_, line)| self.line(line.into()));
                })
            }
            other => panic!("no statement begins with {other}"),
        };
        self.refused(answer);
    }

    fn activate(&mut self, commands: &str) {
        let now = Timestamp::from_millis(self.now);
        let calls = self.calls(commands);
        match self.world().activate(now, calls) {
            None => self.line("there is nothing to tell the guest".into()),
            Some(Err(misuse)) => self.line(format!("misuse: {misuse}")),
            Some(Ok(activation)) => {
                activation.jobs.iter().for_each(|job| self.line(tell::job(job)));
                let turn = self.world().decisions.len() - 1;
                self.tell_patches(turn);
            }
        }
    }

    fn trap(&mut self, commands: &str) {
        let now = Timestamp::from_millis(self.now);
        let calls = self.calls(commands);
        let run = &mut self.world().run;
        let before = run.state().clone();
        run.begin_activation(now, world::activated())
            .expect("there is something to tell");
        for call in calls {
            match call {
                Call::Order(command) => drop(run.command(command).expect("a sensible command")),
                Call::Patched(id, deprecated) => drop(run.patched(&id, deprecated).expect("a sensible call")),
            }
        }
        run.drop_activation();
        assert_eq!(run.state(), &before, "a failed activation leaves no trace");
    }

    fn calls(&mut self, text: &str) -> Vec<Call> {
        let next = self.world().run.state().next_operation();
        calls(text, next, &mut self.names)
    }

    fn taken(&mut self, taken: Result<Taken, Refused>) {
        match taken {
            Ok(Taken::New) => {}
            Ok(Taken::Duplicate) => self.line("a duplicate".into()),
            Err(refused) => self.refused(Err(refused)),
        }
    }

    fn refused(&mut self, answer: Result<(), Refused>) {
        if let Err(refused) = answer {
            self.line(format!("refused: {refused}"));
        }
    }

    fn world(&mut self) -> &mut World {
        self.world.as_mut().expect("a story begins with start")
    }

    fn line(&mut self, line: String) {
        writeln!(self.told, "  {line}").expect("a string takes everything");
    }
}

/// The calls in this text, if `next` is the id of the next operation.
fn calls(text: &str, mut next: OperationId, names: &mut BTreeMap<String, OperationId>) -> Vec<Call> {
    let mut begin = |name: &str, names: &mut BTreeMap<String, OperationId>| {
        names.insert(name.into(), next);
        next = OperationId(next.0 + 1);
    };
    let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    let mut call = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let command = match words[0] {
            "patch" => return Call::Patched(words[1].into(), words.contains(&"deprecated")),
            "child" => {
                begin(words[1], names);
                Command::StartChild(Box::new(child(&words[1..])))
            }
            "signal-to" => {
                begin(words[1], names);
                Command::SignalExternal(Box::new(ExternalSignal {
                    target: target(&words[2..]),
                    name: words[3].into(),
                    input: option(&words, "input").map(payload).into_iter().collect(),
                    headers: Vec::new(),
                }))
            }
            "cancel-to" => {
                begin(words[1], names);
                Command::CancelExternal(target(&words[2..]), "no longer needed".into())
            }
            "answer" => Command::CompleteUpdate(words[1].into(), Ok(words.get(2).map(|text| payload(text)))),
            "reject" => Command::CompleteUpdate(words[1].into(), Err(failure(words.get(2), &words))),
            "continue" => Command::ContinueAsNew(Box::new(continuation(&words))),
            "schedule" => {
                begin(words[1], names);
                Command::ScheduleActivity(Arc::new(activity(&words[1..])))
            }
            "timer" => {
                begin(words[1], names);
                Command::StartTimer(TimerRequest {
                    after: duration(words[2]),
                    summary: None,
                    details: None,
                })
            }
            "cancel" => {
                let reason = words.get(2).copied().unwrap_or("unwanted");
                Command::CancelOperation(operation(words[1], names), reason.into())
            }
            "memo" => Command::UpsertMemo(vec![named(words[1])]),
            "attribute" => Command::UpsertSearchAttributes(vec![named(words[1])]),
            "complete" => Command::CompleteRun(words.get(1).map(|text| payload(text))),
            "fail" => Command::FailRun(failure(words.get(1), &words)),
            "cancelled" => Command::CancelRun(Vec::new()),
            other => panic!("no command begins with {other}"),
        };
        Call::Order(command)
    };
    texts.map(&mut call).collect()
}

fn operation(name: &str, names: &BTreeMap<String, OperationId>) -> OperationId {
    match name.strip_prefix('#') {
        Some(id) => OperationId(id.parse().expect("a number")),
        None => *names.get(name).unwrap_or_else(|| panic!("{name} has not begun")),
    }
}

fn activity(words: &[&str]) -> ActivityRequest {
    let limit = |name| option(words, name).map(duration);
    let input = |text: &str| match option(words, "encoding") {
        Some("json/protobuf") => Payload::encoded("json/protobuf", text.to_owned()),
        _ => payload(text),
    };
    ActivityRequest {
        activity_type: words[0].into(),
        activity_id: option(words, "id").map(str::to_owned),
        task_queue: None,
        input: option(words, "input").map(input).into_iter().collect(),
        headers: Vec::new(),
        timeouts: ActivityTimeouts {
            schedule_to_close: limit("schedule-to-close"),
            schedule_to_start: limit("schedule-to-start"),
            start_to_close: limit("start-to-close"),
            heartbeat: limit("heartbeat"),
        },
        retry: retry_policy(words),
        cancellation: match (words.contains(&"wait"), words.contains(&"abandon")) {
            (true, _) => CancellationType::WaitCancellationCompleted,
            (false, true) => CancellationType::Abandon,
            (false, false) => CancellationType::TryCancel,
        },
        local: false,
        priority: None,
        summary: None,
        details: None,
    }
}

/// The policy that these options make, if there is one of them.
fn retry_policy(words: &[&str]) -> Option<RetryPolicy> {
    let has_policy = ["attempts", "initial", "coefficient", "maximum", "never-retry"]
        .iter()
        .any(|name| option(words, name).is_some());
    let default = RetryPolicy::default();
    has_policy.then(|| RetryPolicy {
        initial_interval: option(words, "initial").map_or(default.initial_interval, duration),
        backoff_coefficient: option(words, "coefficient").map_or(2.0, |text| text.parse().expect("a number")),
        maximum_interval: option(words, "maximum").map(duration),
        maximum_attempts: option(words, "attempts").map_or(0, |text| text.parse().expect("a number")),
        non_retryable_kinds: option(words, "never-retry").map(str::to_owned).into_iter().collect(),
    })
}

/// One option, and what it is to be; a time of 0s is no limit.
fn edit(word: &str) -> OptionEdit {
    let (name, value) = word.split_once('=').expect("OPTION=VALUE");
    let limit = || Some(duration(value)).filter(|limit| !limit.is_zero());
    match name {
        "queue" => OptionEdit::TaskQueue(value.into()),
        "schedule-to-close" => OptionEdit::ScheduleToClose(limit()),
        "schedule-to-start" => OptionEdit::ScheduleToStart(limit()),
        "start-to-close" => OptionEdit::StartToClose(limit()),
        "heartbeat" => OptionEdit::Heartbeat(limit()),
        "initial" => OptionEdit::InitialInterval(duration(value)),
        "coefficient" => OptionEdit::BackoffCoefficient(value.parse().expect("a number")),
        "maximum" => OptionEdit::MaximumInterval(limit()),
        "attempts" => OptionEdit::MaximumAttempts(value.parse().expect("a number")),
        other => panic!("no option is called {other}"),
    }
}

fn started(words: &[&str], now: Timestamp) -> RunStarted {
    let mut started = world::order(WorkflowTimeouts {
        execution: option(words, "execution-timeout").map(duration),
        run: option(words, "run-timeout").map(duration),
        task: None,
    });
    started.retry = retry_policy(words);
    started.input = option(words, "input").map(payload).into_iter().collect();
    started.memo = option(words, "memo").map(named).into_iter().collect();
    started.search_attributes = option(words, "attribute").map(named).into_iter().collect();
    let delay = option(words, "delay").map(duration);
    started.origin.begins = delay.map(|delay| now.after(delay));
    started.origin.begins_with_message = delay.is_some();
    started.origin.cron_schedule = option(words, "cron").unwrap_or_default().into();
    if words.contains(&"child") {
        started.origin.parent = Some(parent());
        started.origin.root = Some(parent().execution);
    }
    started
}

pub(crate) fn parent() -> Parent {
    Parent {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: "parent-1".into(),
            run_id: RunId::from_bytes([3; 16]),
        },
        operation: OperationId(4),
        initiated: None,
    }
}

fn child(words: &[&str]) -> ChildRequest {
    let has = |word| words.contains(&word);
    ChildRequest {
        parent_close: match option(words, "on-close") {
            Some("abandon") => ParentClosePolicy::Abandon,
            Some("cancel") => ParentClosePolicy::RequestCancel,
            _ => ParentClosePolicy::Terminate,
        },
        cancellation: match (has("try"), has("abandon"), has("requested")) {
            (true, ..) => ChildCancellationType::TryCancel,
            (_, true, _) => ChildCancellationType::Abandon,
            (.., true) => ChildCancellationType::WaitCancellationRequested,
            _ => ChildCancellationType::WaitCancellationCompleted,
        },
        input: option(words, "input").map(payload).into_iter().collect(),
        ..child_of_type(words[0], option(words, "id"))
    }
}

/// A child with nothing special about it.
pub(crate) fn child_of_type(workflow_type: &str, workflow_id: Option<&str>) -> ChildRequest {
    ChildRequest {
        workflow_type: workflow_type.into(),
        workflow_id: workflow_id.map(str::to_owned),
        task_queue: None,
        input: Vec::new(),
        headers: Vec::new(),
        timeouts: WorkflowTimeouts::default(),
        retry: None,
        cron_schedule: String::new(),
        parent_close: ParentClosePolicy::Terminate,
        reuse: IdReusePolicy::AllowDuplicate,
        conflict: IdConflictPolicy::Fail,
        cancellation: ChildCancellationType::WaitCancellationCompleted,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        priority: None,
        summary: None,
        details: None,
    }
}

fn target(words: &[&str]) -> ExternalTarget {
    ExternalTarget {
        workflow_id: words[0].into(),
        run_id: None,
        child_only: words.contains(&"child-only"),
    }
}

fn continuation(words: &[&str]) -> Continuation {
    let text = |name| option(words, name).map(str::to_owned);
    let map = |name| option(words, name).map(|text| vec![named(text)]);
    Continuation {
        workflow_type: text("type"),
        task_queue: text("queue"),
        input: option(words, "input").map(payload).into_iter().collect(),
        headers: Vec::new(),
        timeouts: WorkflowTimeouts {
            execution: None,
            run: option(words, "run-timeout").map(duration),
            task: None,
        },
        retry: retry_policy(words),
        memo: map("memo"),
        search_attributes: map("attribute"),
        backoff: option(words, "backoff").map(duration),
    }
}

/// A failure of user code with this message; the options are `kind=`, `after=` and `final=yes`.
fn failure(message: Option<&&str>, words: &[&str]) -> Failure {
    application_failure(
        message.copied().unwrap_or("failed"),
        ApplicationFailure {
            kind: option(words, "kind").unwrap_or_default().into(),
            non_retryable: option(words, "final").is_some(),
            next_retry_delay: option(words, "after").map(duration),
            ..ApplicationFailure::default()
        },
    )
}

/// A failure of user code, with which further attempts are pointless if it is final.
pub(crate) fn failure_of(message: &str, is_final: bool) -> Failure {
    application_failure(
        message,
        ApplicationFailure {
            non_retryable: is_final,
            ..ApplicationFailure::default()
        },
    )
}

fn application_failure(message: &str, failure: ApplicationFailure) -> Failure {
    Failure::new(FailureLayer {
        message: message.into(),
        source: "test".into(),
        stack_trace: String::new(),
        encoded_attributes: None,
        info: FailureInfo::Application(failure),
    })
}

fn option<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

fn named(text: &str) -> (String, Payload) {
    let (name, value) = text.split_once('=').expect("NAME=TEXT");
    let value = match value {
        "" => Payload::encoded("binary/null", ""),
        value => payload(value),
    };
    (name.into(), value)
}

fn payload(text: &str) -> Payload {
    Payload::encoded("json/plain", text.to_owned())
}

fn duration(text: &str) -> Millis {
    if text == "forever" {
        return Millis::new(u64::MAX);
    }
    let number = |digits: &str| digits.parse().unwrap_or_else(|_| panic!("{text} is no duration"));
    match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(millis), _) => Millis::new(number(millis)),
        (None, Some(seconds)) => Millis::from_secs(number(seconds)),
        (None, None) => panic!("{text} is no duration"),
    }
}
