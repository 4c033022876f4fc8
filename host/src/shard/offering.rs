//! What whoever hands out attempts is told: of each activity, whether an attempt waits, runs, or neither.

use super::request::AttemptRef;
use super::residency::Resident;
use mainspring_core::{
    ActivityRequest, Execution, OperationId, PendingActivity, Phase, Place, Priority, RunId, RunStarted,
};
use std::sync::Arc;

/// An activity that workers may be offered, durable by now. It is small, and a copy costs little.
#[derive(Clone, Debug)]
pub struct Offer {
    operation: OperationId,
    attempt: u32,
    words: Words,
}

/// Where an offer has what it says.
#[derive(Clone, Debug)]
enum Words {
    /// With its run, while it is on its way.
    Shared(Arc<RunStarted>, Arc<ActivityRequest>),
    /// By itself, while it waits.
    Own(Arc<OwnWords>),
}

#[derive(Debug)]
struct OwnWords {
    namespace: String,
    execution: Execution,
    task_queue: String,
    activity_type: String,
    priority: Option<Priority>,
}

/// What whoever hands out attempts is told, durable by now. Told in order, it says of each activity whether an attempt
/// waits, runs, or neither.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// An attempt may be taken.
    Offered(Offer),
    /// A worker has an attempt, and did not get it by taking an offer: it had it before a restart.
    Taken {
        /// The activity.
        activity: (RunId, OperationId),
        /// Its tenant.
        namespace: String,
        /// The queue that the attempt came through.
        task_queue: String,
    },
    /// No worker has an attempt at the activity, and none may be taken.
    Released((RunId, OperationId)),
    /// The same of all activities of the run.
    RunClosed(RunId),
}

impl Offer {
    /// An attempt at that operation of a run, by the number that names it.
    pub const fn new(
        run: Arc<RunStarted>,
        request: Arc<ActivityRequest>,
        operation: OperationId,
        attempt: u32,
    ) -> Self {
        Self {
            operation,
            attempt,
            words: Words::Shared(run, request),
        }
    }

    /// None if the activity is over, or at another attempt.
    pub(super) fn of(resident: &Resident, operation: OperationId, attempt: u32) -> Option<Self> {
        let state = resident.run().state();
        let activity = state.activity(operation).filter(|it| it.attempt.number == attempt)?;
        let (run, request) = (state.started().clone(), activity.request.clone());
        Some(Self::new(run, request, operation, attempt))
    }

    /// The same for one that has to wait. Its run may leave memory meanwhile, and then nothing is to keep there what the run
    /// and the activity were given as input.
    #[must_use]
    pub fn into_waiting(self) -> Self {
        let Words::Shared(run, request) = &self.words else {
            return self;
        };
        let words = OwnWords {
            namespace: run.namespace.clone(),
            execution: run.execution.clone(),
            task_queue: request.task_queue_in(run).to_owned(),
            activity_type: request.activity_type.clone(),
            priority: request.priority_in(run),
        };
        Self {
            words: Words::Own(Arc::new(words)),
            ..self
        }
    }

    /// What a worker names it by.
    pub fn target(&self) -> AttemptRef<'_> {
        let (namespace, execution) = match &self.words {
            Words::Shared(run, _) => (&run.namespace, &run.execution),
            Words::Own(words) => (&words.namespace, &words.execution),
        };
        AttemptRef {
            namespace,
            execution,
            operation: self.operation,
            attempt: self.attempt,
        }
    }

    /// The queue that it waits in.
    pub fn task_queue(&self) -> &str {
        match &self.words {
            Words::Shared(run, request) => request.task_queue_in(run),
            Words::Own(words) => &words.task_queue,
        }
    }

    /// What is to be done.
    pub fn activity_type(&self) -> &str {
        match &self.words {
            Words::Shared(_, request) => &request.activity_type,
            Words::Own(words) => &words.activity_type,
        }
    }

    /// Its place among others.
    pub fn priority(&self) -> Option<Priority> {
        match &self.words {
            Words::Shared(run, request) => request.priority_in(run),
            Words::Own(words) => words.priority.clone(),
        }
    }

    fn says(&self) -> (AttemptRef<'_>, &str, &str, Option<Priority>) {
        (self.target(), self.task_queue(), self.activity_type(), self.priority())
    }
}

/// Two are the same if they say the same, wherever they have it.
impl PartialEq for Offer {
    fn eq(&self, other: &Self) -> bool {
        self.says() == other.says()
    }
}

impl Notice {
    pub(super) fn taken(resident: &Resident, activity: &PendingActivity) -> Self {
        let started = resident.run().state().started();
        Self::Taken {
            activity: (started.execution.run_id, activity.operation),
            namespace: started.namespace.clone(),
            task_queue: activity.request.task_queue_in(started).to_owned(),
        }
    }

    /// One for each attempt that a worker of another process has.
    pub(super) fn all_taken(resident: &Resident) -> impl Iterator<Item = Self> {
        let activities = resident.run().state().activities();
        let taken = activities.filter(|it| matches!(it.attempt.phase, Phase::Started(_, Place::Remote)));
        taken.map(|activity| Self::taken(resident, activity))
    }
}
