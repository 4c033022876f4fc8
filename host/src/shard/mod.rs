//! Many runs and schedules, driven by one owner: requests in, batches and offers out.
//!
//! A shard ties a run's state machine, its guest and its durable rows together. It is synchronous and does no IO of
//! its own but reads of the store: what it has decided it hands out as a [`Batch`], and what may be seen from outside
//! (answers, offers to workers) it holds back until that batch is [`committed`](Shard::committed). Meanwhile it goes
//! on with other requests: what is gated are effects, not computation.
//!
//! It knows no threads, no sockets, no task queues and no clock; so a simulation can drive it on a virtual clock,
//! and the same requests in the same order give the same batches.

mod activating;
mod agenda;
mod blocked_runs;
mod chains;
mod deleting;
mod delivering;
mod holding;
mod known_types;
mod offering;
mod operating;
mod pause_info;
mod pausing;
mod replaying;
mod request;
mod resetting;
mod residency;
mod run_log;
mod scheduling;
mod serving;
mod staging;
mod starting;
mod updating;
mod working;

pub use blocked_runs::BlockedRuns;
pub use delivering::{Mail, MessageNumber};
pub use known_types::KnownTypes;
pub use offering::{Notice, Offer};
pub use replaying::{Replayed, Unreplayable, replay};
pub use request::{
    ActivityDescription, ActivityTask, AttemptError, AttemptOutcome, AttemptRef, AttemptTarget, Blocked, CancelRequest,
    ChoosePoint, Description, History, IdConflictPolicy, IdReusePolicy, NewSchedule, OperateError, Parentage,
    PauseError, Progress, QueryError, Reply, Request, ResetError, ResetPoint, ResetRequest, RunError, ScheduleError,
    ScheduleName, ScheduleRequest, Scheduled, StartError, StartRequest, Started, Target, Termination, UpdateError,
    UpdateStatus, UpdateWithStartError, Worker,
};
pub use staging::{BatchNumber, Outgoing};

use crate::cron;
use crate::run_map::RandomBits;
use crate::store::{Change, Epoch, ShardId, Store, StoreError};
use crate::wasm::{Guests, InstanceCache};
use agenda::Agenda;
use deleting::Retention;
use holding::Held;
use mainspring_core::{Digest, RunId, Timestamp};
use residency::Residents;
use staging::Staging;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Finds the code of a workflow type.
pub trait ModuleIndex: Send + Sync + 'static {
    /// The module of the namespace that has the type; otherwise the types that there are.
    fn module_of(&self, namespace: &str, workflow_type: &str) -> Result<String, KnownTypes>;

    /// The version of a module that runs follow now.
    fn current(&self, namespace: &str, module: &str) -> Option<Digest>;

    /// A run needs this version, and it is not loaded. [`Shard::modules_changed`] tells when it is.
    fn want(&self, module: Digest);

    /// Since when and why runs of the type are not activated, if they are not. [`Shard::modules_changed`] tells when
    /// that is over.
    fn pause_of(&self, namespace: &str, workflow_type: &str) -> Option<Arc<Change>>;

    /// Counts the changes of what the others say: while it is the same, so are they. All threads ask for it at every step,
    /// so it is cheap.
    fn changes(&self) -> u64;
}

/// How a shard behaves.
#[derive(Clone, Debug)]
pub struct ShardSettings {
    /// What the guests of runs at rest may occupy together.
    pub guest_bytes_max: usize,
    /// Runs kept in memory between their steps. Those in use are kept on top of that.
    pub resident_runs_max: usize,
    /// Whether to drop every run and guest from memory after each step: a test that memory is only a cache.
    pub evict_always: bool,
    /// The history length from which a guest is advised to continue as new.
    pub history_length_suggested_max: u64,
    /// The history's bytes in the journal from which a guest is advised to continue as new.
    pub history_bytes_suggested_max: u64,
}

/// One shard. See the module's documentation.
pub struct Shard<G: Guests> {
    id: ShardId,
    epoch: Epoch,
    store: Arc<dyn Store>,
    guests: Arc<G>,
    modules: Arc<dyn ModuleIndex>,
    settings: ShardSettings,
    residents: Residents,
    cache: InstanceCache<G::Guest>,
    /// When runs must be told the time, or blocked ones be tried again; those in memory and those that are not.
    agenda: Agenda<RunId, RandomBits>,
    /// When schedules have something to do.
    schedule_agenda: Agenda<ScheduleName>,
    /// Runs whose guests are owed an activation.
    ready: BTreeSet<RunId>,
    held: Held,
    /// Attempts that workers had when the process before this one ended.
    recovered: Vec<Notice>,
    /// Runs that are to be removed, until that is durable. For everybody else they are gone.
    leaving: BTreeSet<RunId>,
    retention: Retention,
    staging: Staging,
    /// The number of the last message that was kept.
    last_message: MessageNumber,
    /// What is to go to other shards, and may.
    mail: Vec<Mail>,
}

/// How many open runs are read at a time at start-up.
const OPEN_RUNS_PAGE: usize = 1_000;

impl<G: Guests> Shard<G> {
    /// Takes ownership of a shard, and brings its busy runs to where they stood.
    pub fn open(
        id: ShardId,
        store: Arc<dyn Store>,
        guests: Arc<G>,
        modules: Arc<dyn ModuleIndex>,
        settings: ShardSettings,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let epoch = store.acquire(id)?;
        let mut shard = Self {
            cache: InstanceCache::new(settings.guest_bytes_max),
            residents: Residents::default(),
            agenda: Agenda::default(),
            schedule_agenda: Agenda::default(),
            ready: BTreeSet::new(),
            held: Held::default(),
            recovered: Vec::new(),
            leaving: BTreeSet::new(),
            retention: Retention::default(),
            staging: Staging::default(),
            last_message: 0,
            mail: Vec::new(),
            id,
            epoch,
            store,
            guests,
            modules,
            settings,
        };
        shard.read_retentions(now)?;
        for (number, message) in shard.store.outbox(id)? {
            shard.last_message = number;
            shard.mail.push(Mail::Message {
                from: id,
                number,
                message: Box::new(message),
            });
        }
        shard.find_schedules(now)?;
        let mut after = None;
        loop {
            let page = shard.store.open_runs(id, after, OPEN_RUNS_PAGE)?;
            for &(run, head) in &page {
                shard.agenda.set(run, head.next_deadline);
                if head.is_busy {
                    shard.recover(run, now)?;
                }
            }
            match page.last() {
                Some(&(run, _)) if page.len() == OPEN_RUNS_PAGE => after = Some(run),
                _ => return Ok(shard),
            }
        }
    }

    /// Does everything that is due by `now`, and activates every guest that is owed it.
    pub fn advance(&mut self, now: Timestamp) {
        self.ready.extend(self.held.take_released());
        self.advance_schedules(now);
        while let Some(run) = self.agenda.take_due(now) {
            self.pass_time(run, now);
        }
        while let Some(run) = self.ready.pop_first() {
            self.activate(run, now);
        }
        self.residents.forget_read();
        self.remove_expired(now);
    }

    /// When [`advance`](Self::advance) has something to do next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        if self.held.has_released() {
            return Some(Timestamp::default());
        }
        let of_runs = self.next_deadline_of_runs().into_iter();
        let others = self
            .next_deadline_of_schedules()
            .into_iter()
            .chain(self.retention.next_look());
        of_runs.chain(others).min()
    }

    /// The same, as far as it is for runs.
    pub fn next_deadline_of_runs(&self) -> Option<Timestamp> {
        self.agenda.next()
    }

    /// The same, as far as it is for schedules.
    pub fn next_deadline_of_schedules(&self) -> Option<Timestamp> {
        self.schedule_agenda.next()
    }

    /// A module was pushed or loaded, or a pause of a type is over: blocked and held runs may go on. Guests of other
    /// versions are found obsolete when used.
    pub fn modules_changed(&mut self, now: Timestamp) {
        self.release_held();
        for run in self.residents.blocked().ids() {
            self.ready.insert(run);
        }
        self.advance(now);
    }

    /// Its runs that are blocked, now and from now on.
    pub fn blocked_runs(&self) -> BlockedRuns {
        self.residents.blocked().clone()
    }

    /// Attempts that workers had when the process before this one ended, to be told before anything is handed out.
    pub fn take_recovered(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.recovered)
    }

    /// Which shard it is.
    pub const fn id(&self) -> ShardId {
        self.id
    }

    fn pass_time(&mut self, id: RunId, now: Timestamp) {
        if !self.load(id) {
            return;
        }
        if let Some(resident) = self.residents.get_mut(&id) {
            resident.run_mut().pass_time(now, cron::calendar);
        }
        self.retry_blocked(id, now);
        self.stage(id);
    }
}

impl Default for ShardSettings {
    fn default() -> Self {
        Self {
            // There are some sixteen shards in a process.
            guest_bytes_max: 16 << 20,
            resident_runs_max: 1_000,
            evict_always: false,
            history_length_suggested_max: 10_000,
            history_bytes_suggested_max: 16 << 20,
        }
    }
}
