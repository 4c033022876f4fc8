//! Clients on a stage.

use super::Stage;
use mainspring::shard::{
    CancelRequest, IdConflictPolicy, IdReusePolicy, PauseError, Request, ResetError, ResetPoint, ResetRequest,
    RunError, StartError, StartRequest, Started, Target, Termination, UpdateError, UpdateStatus, UpdateWithStartError,
};
use mainspring::wasm::Question;
use mainspring_core::{
    Event, Execution, Pause, Payload, Reapply, RunId, SignalReceived, UpdateRequest, WorkflowTimeouts,
};
use serde_json::Value;
use tokio::sync::oneshot::{Receiver, channel};

/// The answer to a request that was asked, once it is served.
pub(crate) struct Answer<T, E>(pub(super) Receiver<Result<T, E>>);

impl<T, E> Answer<T, E> {
    /// It must be there.
    pub(crate) fn get(mut self) -> Result<T, E> {
        self.0.try_recv().expect("the request is answered")
    }
}

impl Stage {
    /// A new workflow, as a client asks for it.
    pub(crate) fn request(&mut self, workflow_type: &str, workflow_id: &str, arguments: &[Value]) -> StartRequest {
        StartRequest {
            namespace: "default".into(),
            execution: Execution {
                workflow_id: workflow_id.into(),
                run_id: self.new_id(),
            },
            random_seed: (1, 2),
            workflow_type: workflow_type.into(),
            task_queue: "work".into(),
            input: arguments.iter().map(json).collect(),
            headers: Vec::new(),
            timeouts: WorkflowTimeouts::default(),
            retry: None,
            cron_schedule: String::new(),
            start_delay: None,
            memo: Vec::new(),
            search_attributes: Vec::new(),
            priority: None,
            identity: "client".into(),
            request_id: format!("start of {workflow_id}"),
            summary: None,
            details: None,
            reuse: IdReusePolicy::AllowDuplicate,
            conflict: IdConflictPolicy::Fail,
            parentage: None,
            scheduled: None,
        }
    }

    /// Starts a workflow; it must be taken.
    pub(crate) fn start(&mut self, workflow_type: &str, workflow_id: &str, arguments: &[Value]) {
        let request = self.request(workflow_type, workflow_id, arguments);
        self.start_as(request);
    }

    pub(crate) fn start_as(&mut self, request: StartRequest) {
        self.ask_to_start(request).get().expect("it is started");
    }

    /// The answer may not be there yet.
    pub(crate) fn ask_to_start(&mut self, request: StartRequest) -> Answer<Started, StartError> {
        let (reply, answer) = channel();
        self.ask(Request::Start(Box::new(request), reply));
        Answer(answer)
    }

    pub(crate) fn signal(&mut self, workflow_id: &str, name: &str, argument: &Value) -> Answer<(), RunError> {
        let (reply, answer) = channel();
        let signal = signal(name, argument);
        self.ask(Request::Signal(
            Target::current("default", workflow_id),
            Box::new(signal),
            reply,
        ));
        Answer(answer)
    }

    pub(crate) fn signal_with_start(&mut self, request: StartRequest, name: &str, argument: &Value) {
        let (reply, answer) = channel();
        let signal = signal(name, argument);
        self.ask(Request::SignalWithStart(Box::new(request), Box::new(signal), reply));
        Answer::<Started, StartError>(answer).get().expect("it is taken");
    }

    pub(crate) fn cancel(&mut self, workflow_id: &str) -> Answer<(), RunError> {
        let (reply, answer) = channel();
        let request = CancelRequest {
            reason: "enough".into(),
            identity: "client".into(),
            request_id: format!("cancellation of {workflow_id}"),
        };
        self.ask(Request::RequestCancel(
            Target::current("default", workflow_id),
            request,
            reply,
        ));
        Answer(answer)
    }

    /// Resets the current run to before this activation, from 1.
    pub(crate) fn reset(&mut self, workflow_id: &str, turn: usize) {
        let runs = self.runs();
        let current = runs.iter().rfind(|run| run.execution.workflow_id == workflow_id);
        let execution = current.expect("it was started").execution.clone();
        self.reset_run(&execution, turn);
    }

    /// The same with any run.
    pub(crate) fn reset_run(&mut self, run: &Execution, turn: usize) {
        let run_id = run.run_id;
        let history = self.history_of_run(run_id).into_iter().enumerate();
        let mut activations = history.filter(|(_, record)| matches!(record.event, Event::Activated(_)));
        let (kept, _) = activations.nth(turn - 1).expect("it was activated so often");
        let request = ResetRequest {
            point: ResetPoint::After(kept),
            run_id: self.new_id(),
            random_seed: (3, 4),
            reason: "a mistake".into(),
            identity: "client".into(),
            request_id: format!("reset of {run_id}"),
            reapply: Reapply {
                signals: true,
                updates: true,
                cancel_requests: true,
            },
        };
        let (reply, answer) = channel();
        self.ask(Request::Reset(Target::of("default", run), Box::new(request), reply));
        Answer::<RunId, ResetError>(answer).get().expect("it is reset");
    }

    /// Asks the workflow's current run; an error is what it, or the engine, says.
    pub(crate) fn query(&mut self, workflow_id: &str, name: &str) -> Result<Value, String> {
        let question = Question {
            name: name.into(),
            input: Vec::new(),
            headers: Vec::new(),
        };
        let (reply, answer) = channel();
        self.ask(Request::Query(Target::current("default", workflow_id), question, reply));
        let answer = Answer(answer).get().map_err(|error| error.to_string())?;
        Ok(serde_json::from_slice(&answer.data).expect("it is JSON"))
    }

    /// Why the workflow's current run cannot go on, if it cannot.
    pub(crate) fn blocked(&mut self, workflow_id: &str) -> Option<String> {
        let (reply, answer) = channel();
        self.ask(Request::Describe(Target::current("default", workflow_id), reply));
        let description = Answer(answer).get().expect("there is such a run");
        description.blocked.map(|blocked| blocked.reason)
    }

    pub(crate) fn terminate(&mut self, workflow_id: &str) -> Answer<(), RunError> {
        let (reply, answer) = channel();
        let termination = Termination {
            reason: "enough".into(),
            details: Vec::new(),
            identity: "client".into(),
        };
        self.ask(Request::Terminate(
            Target::current("default", workflow_id),
            termination,
            reply,
        ));
        Answer(answer)
    }

    /// Removes the workflow's current run.
    pub(crate) fn delete(&mut self, workflow_id: &str) -> Answer<(), RunError> {
        let (reply, answer) = channel();
        self.ask(Request::Delete(Target::current("default", workflow_id), reply));
        Answer(answer)
    }

    pub(crate) fn pause(&mut self, workflow_id: &str) -> Answer<(), PauseError> {
        let (reply, answer) = channel();
        let target = Target::current("default", workflow_id);
        self.ask(Request::Pause(target, wish("maintenance"), reply));
        Answer(answer)
    }

    pub(crate) fn resume(&mut self, workflow_id: &str) -> Answer<(), PauseError> {
        let (reply, answer) = channel();
        let target = Target::current("default", workflow_id);
        self.ask(Request::Resume(target, wish("done"), reply));
        Answer(answer)
    }

    /// Sends an update, which is answered once it is accepted or over.
    pub(crate) fn update(
        &mut self,
        workflow_id: &str,
        name: &str,
        argument: &Value,
    ) -> Answer<UpdateStatus, UpdateError> {
        let (reply, answer) = channel();
        let update = update(workflow_id, name, argument);
        self.ask(Request::Update(
            Target::current("default", workflow_id),
            Box::new(update),
            reply,
        ));
        Answer(answer)
    }

    pub(crate) fn update_with_start(
        &mut self,
        request: StartRequest,
        name: &str,
        argument: &Value,
    ) -> Answer<(Started, UpdateStatus), UpdateWithStartError> {
        let (reply, answer) = channel();
        let update = update(&request.execution.workflow_id, name, argument);
        self.ask(Request::UpdateWithStart(Box::new(request), Box::new(update), reply));
        Answer(answer)
    }
}

pub(super) fn json(value: &Value) -> Payload {
    Payload::encoded("json/plain", value.to_string())
}

fn signal(name: &str, argument: &Value) -> SignalReceived {
    SignalReceived {
        name: name.into(),
        input: vec![json(argument)],
        headers: Vec::new(),
        identity: "client".into(),
        request_id: format!("{name} {argument}"),
        sender: None,
    }
}

fn update(workflow_id: &str, name: &str, argument: &Value) -> UpdateRequest {
    UpdateRequest {
        id: format!("{workflow_id} {name} {argument}"),
        name: name.into(),
        input: vec![json(argument)],
        headers: Vec::new(),
        identity: "client".into(),
    }
}

fn wish(reason: &str) -> Pause {
    Pause {
        reason: reason.into(),
        identity: "operator".into(),
        request_id: String::new(),
    }
}
