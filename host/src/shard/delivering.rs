//! Messages between runs, and between schedules and runs, of this shard or of others.
//!
//! A message is kept in the sender's shard, in the transaction of the step that sends it, until the recipient's shard
//! has made durable what came of it. So it arrives at least once, and everything that can be told is recognised when it
//! is told again.

use super::request::{Parentage, RunError, StartError, StartRequest, Target};
use super::staging::Owed;
use super::{Shard, scheduling};
use crate::store::{ShardId, StoreError};
use crate::wasm::Guests;
use mainspring_core::{
    CancelSender, ChildNotStarted, ChildStart, Content, Execution, ExternalSignal, MESSAGE_BYTES_MAX, Message,
    NotDelivered, Refused, Run, Sender, SignalReceived, Size, Timestamp,
};

/// Why a message was not taken. It stays where it is kept, and comes again when that shard is opened anew.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    /// The store failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It came before another one that it follows.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Numbers the messages that a shard keeps.
pub type MessageNumber = u64;

/// Something for another shard, or for this one.
#[derive(Clone, Debug, PartialEq)]
pub enum Mail {
    /// For the shard of the recipient: [`Shard::deliver`].
    Message {
        /// The shard that keeps it.
        from: ShardId,
        /// Its number there.
        number: MessageNumber,
        /// The message.
        message: Box<Message>,
    },
    /// For the shard that keeps a message: [`Shard::forget`].
    Receipt {
        /// The shard that keeps it.
        to: ShardId,
        /// Its number there.
        number: MessageNumber,
    },
}

impl<G: Guests> Shard<G> {
    /// What is to go to other shards, durable by now.
    pub fn take_mail(&mut self) -> Vec<Mail> {
        std::mem::take(&mut self.mail)
    }

    /// Keeps a message until it is delivered, which begins once it is durable.
    pub(super) fn send(&mut self, message: Message) {
        self.last_message += 1;
        let number = self.last_message;
        self.staging.keep_message(number, message.clone());
        self.owe(Owed::Mail(Mail::Message {
            from: self.id,
            number,
            message: Box::new(message),
        }));
    }

    /// A message of this shard has arrived, and what came of it is durable.
    pub fn forget(&mut self, number: MessageNumber) {
        self.staging.forget_message(number);
    }

    /// Takes a message for one of this shard's runs. The receipt comes out as [mail](Self::take_mail) once what came of
    /// it is durable. A message that cannot be taken, because the store failed, has no receipt.
    pub fn deliver(&mut self, from: ShardId, number: MessageNumber, message: Message, now: Timestamp) {
        match self.try_deliver(message, now) {
            Ok(()) => self.owe(Owed::Mail(Mail::Receipt { to: from, number })),
            Err(error) => tracing::error!(%error, "a message between runs cannot be delivered"),
        }
    }

    fn try_deliver(&mut self, message: Message, now: Timestamp) -> Result<(), Undelivered> {
        let target = Target {
            run_id: message.run_id,
            ..Target::current(message.namespace, message.workflow_id)
        };
        let is_too_large = message.content.is_too_large();
        match message.content {
            Content::StartChild(start) => self.start_child(target, *start, is_too_large, now)?,
            Content::AskChild { sender } => self.answer_of_child(&target, &sender)?,
            Content::ChildStarted { operation, run_id } => {
                let target = self.with_heir(target, operation)?;
                let stray = self.tell(&target, |run| {
                    // A run that is closed takes nothing any more, and still knows what it was refused.
                    let _ = run.child_started(operation, run_id, now);
                    run.end_of_stray_child(operation, run_id)
                })?;
                if let Some(end) = stray {
                    self.send(end);
                }
            }
            Content::ChildNotStarted { operation, cause } => {
                let target = self.with_heir(target, operation)?;
                self.tell(&target, |run| run.child_not_started(operation, cause, now).ok())?;
            }
            Content::ChildClosed { operation, outcome } => {
                let target = self.with_heir(target, operation)?;
                let told = self.tell(&target, |run| Some(run.child_closed(operation, outcome, now)))?;
                if let Some(Err(too_early @ Refused::TooEarly)) = told {
                    return Err(too_early.into());
                }
            }
            Content::Delivered { operation, result } => {
                let target = self.with_heir(target, operation)?;
                self.tell(&target, |run| run.message_resolved(operation, result, now).ok())?;
            }
            Content::Terminate { sender } => {
                self.tell(&target, |run| {
                    let reason = "by the parent's close policy".to_owned();
                    let may = run.is_child_of(&sender);
                    may.then(|| run.terminate(reason, Vec::new(), identity(&sender), now).ok())
                })?;
            }
            Content::Signal { sender, .. } if is_too_large => self.report(&sender, Err(NotDelivered::TooLarge)),
            Content::Signal { sender, signal } => {
                let arrived = self.tell(&target, |run| take_signal(run, &sender, *signal, now))?;
                self.report(&sender, arrived.ok_or(NotDelivered::NotFound));
            }
            Content::RequestCancel {
                sender,
                reason,
                child_only,
                answered,
            } => {
                let arrived = self.tell(&target, |run| {
                    let may = !child_only || run.is_child_of(&sender);
                    let (identity, request_id) = (identity(&sender), sender.request_id());
                    let from = Some(CancelSender {
                        execution: sender.execution.clone(),
                        initiated: sender.initiated,
                    });
                    may.then(|| run.request_cancel(reason, identity, request_id, from, now).ok())?
                })?;
                if answered {
                    self.report(&sender, arrived.map(drop).ok_or(NotDelivered::NotFound));
                }
            }
            Content::StartScheduled(start) => self.start_scheduled(target, *start, now)?,
            Content::ScheduledStarted { run_id, result } => {
                self.tell_schedule(target, now, |schedule, _| match result {
                    Ok(at) => schedule.run_started(run_id, at),
                    Err(cause) => schedule.run_not_started(run_id, &cause),
                })?;
            }
            Content::ScheduledClosed { first_run_id, outcome } => {
                self.tell_schedule(target, now, |schedule, now| {
                    schedule.run_closed(first_run_id, outcome, now);
                })?;
            }
            Content::StopScheduled {
                schedule_id,
                first_run_id,
                stop,
            } => {
                self.tell(&target, |run| {
                    scheduling::stop(run, &schedule_id, first_run_id, stop, now)
                })?;
            }
        }
        Ok(())
    }

    /// Tells a run something, if there is such a run.
    fn tell<T>(&mut self, target: &Target, tell: impl FnOnce(&mut Run) -> Option<T>) -> Result<Option<T>, RunError> {
        let id = match self.find(target) {
            Ok(id) => id,
            Err(RunError::NotFound { .. } | RunError::Closed) => return Ok(None),
            Err(error) => return Err(error),
        };
        let told = self.residents.get_mut(&id).and_then(|it| tell(it.run_mut()));
        self.stage(id);
        Ok(told)
    }

    /// Tells a sender whether its message arrived.
    fn report(&mut self, sender: &Sender, result: Result<(), NotDelivered>) {
        let operation = sender.operation;
        self.send(Message::to_sender(sender, Content::Delivered { operation, result }));
    }

    fn start_child(
        &mut self,
        target: Target,
        start: ChildStart,
        is_too_large: bool,
        now: Timestamp,
    ) -> Result<(), RunError> {
        let parent = start.parent.clone();
        let operation = parent.operation;
        let run_id = start.run_id;
        // Told again, it is recognised by its run: another run may have had the workflow id since then.
        let started = if self.load_if_of(run_id, &target.namespace, &target.workflow_id)? {
            Ok(run_id)
        } else if is_too_large {
            Err(ChildNotStarted::Refused(format!(
                "a child has at most {} of input, and as much of headers, memo and search attributes; pass references \
                 to large data, not the data",
                Size(MESSAGE_BYTES_MAX)
            )))
        } else {
            match self.start(start_request(target, start), now) {
                Ok(started) => Ok(started.run_id),
                Err(StartError::AlreadyStarted { .. }) => Err(ChildNotStarted::WorkflowIdInUse),
                Err(error @ (StartError::UnknownWorkflowType { .. } | StartError::Cron(_))) => {
                    Err(ChildNotStarted::Refused(error.to_string()))
                }
                Err(StartError::Run(error)) => return Err(error),
            }
        };
        let content = match started {
            Ok(run_id) => Content::ChildStarted { operation, run_id },
            Err(cause) => Content::ChildNotStarted { operation, cause },
        };
        self.send(Message::to_parent(&parent, content));
        Ok(())
    }
}

fn take_signal(run: &mut Run, sender: &Sender, signal: ExternalSignal, now: Timestamp) -> Option<()> {
    if signal.target.child_only && !run.is_child_of(sender) {
        return None;
    }
    let signal = SignalReceived {
        name: signal.name,
        input: signal.input,
        headers: signal.headers,
        identity: identity(sender),
        request_id: sender.request_id(),
        sender: Some(sender.execution.clone()),
    };
    run.signal(signal, now).ok().map(drop)
}

/// How a sender names itself.
fn identity(sender: &Sender) -> String {
    format!("workflow {}", sender.execution.workflow_id)
}

fn start_request(target: Target, start: ChildStart) -> StartRequest {
    let ChildStart {
        parent,
        root,
        request,
        task_queue,
        run_id,
        random_seed,
    } = start;
    StartRequest {
        namespace: target.namespace,
        execution: Execution {
            workflow_id: target.workflow_id,
            run_id,
        },
        random_seed,
        workflow_type: request.workflow_type,
        task_queue,
        input: request.input,
        headers: request.headers,
        timeouts: request.timeouts,
        retry: request.retry,
        cron_schedule: request.cron_schedule,
        start_delay: None,
        memo: request.memo,
        search_attributes: request.search_attributes,
        priority: request.priority,
        identity: format!("workflow {}", parent.execution.workflow_id),
        request_id: parent.request_id(),
        summary: request.summary,
        details: request.details,
        reuse: request.reuse,
        conflict: request.conflict,
        parentage: Some(Parentage { parent, root }),
        scheduled: None,
    }
}
