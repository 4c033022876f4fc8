//! Random work for a store, as small plans that shrink well, and what makes batches of them.

use crate::store::format::Chunk;
use crate::store::{
    Batch, BatchOperation, Epoch, ModuleVersion, Namespace, RunHead, RunWrite, ScheduleWrite, ShardId, Store,
    StoreError, TaskQueueSettings, WorkflowTypeSettings, samples,
};
use bytes::Bytes;
use mainspring_core::schedule::Schedule;
use mainspring_core::{Digest, Message, OperationId, RunId, RunStatus, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const SHARDS: u16 = 3;
pub(super) const RUNS: u8 = 9;
pub(super) const SCHEDULES: u8 = 8;
/// So short that it soon begins again, and that some batches are too long for it.
pub(super) const LOG_BYTES: u64 = 8 * 4096;

/// One thing to do.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Append(Vec<WritePlan>),
    /// With an epoch that has passed.
    AppendFenced(WritePlan),
    Acquire(u16),
    PutModule(u8, u8),
    PutNamespace(u8, u8),
    /// Which, and whether something is set.
    PutTaskQueue(u8, bool),
    PutWorkflowType(u8, bool),
    PutBatch(u8, u8),
    RemoveBatch(u8),
    Reopen,
}

#[derive(Clone, Debug)]
pub(super) struct WritePlan {
    run: u8,
    /// Which of the samples.
    events: Vec<u8>,
    attempt: Option<(u8, bool)>,
    closes: bool,
    has_summary: bool,
    becomes_current: bool,
    deadline: Option<u64>,
    outbox: OutboxPlan,
    is_deleted: bool,
    /// Which one, and which of the samples it becomes; none forgets it.
    schedule: Option<(u8, Option<u8>)>,
}

#[derive(Clone, Debug)]
struct OutboxPlan {
    /// Numbers, and which of the samples is kept; none forgets.
    changes: Vec<(u8, Option<u8>)>,
    /// Whether nothing else is written.
    is_all: bool,
}

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        8 => prop::collection::vec(write(), 1..5).prop_map(Operation::Append),
        1 => write().prop_map(Operation::AppendFenced),
        1 => (0..SHARDS).prop_map(Operation::Acquire),
        1 => (0..4_u8, 0..3_u8).prop_map(|(module, digest)| Operation::PutModule(module, digest)),
        1 => (0..3_u8, any::<u8>()).prop_map(|(name, id)| Operation::PutNamespace(name, id)),
        1 => (0..4_u8, any::<bool>()).prop_map(|(queue, is_set)| Operation::PutTaskQueue(queue, is_set)),
        1 => (0..4_u8, any::<bool>()).prop_map(|(of_type, is_set)| Operation::PutWorkflowType(of_type, is_set)),
        1 => (0..4_u8, any::<u8>()).prop_map(|(name, sample)| Operation::PutBatch(name, sample)),
        1 => (0..4_u8).prop_map(Operation::RemoveBatch),
        2 => Just(Operation::Reopen),
    ]
}

fn outbox() -> impl Strategy<Value = OutboxPlan> {
    let changes = prop::collection::vec((0..6_u8, prop::option::of(any::<u8>())), 0..4);
    (changes, prop::bool::weighted(0.2)).prop_map(|(changes, is_all)| OutboxPlan { changes, is_all })
}

fn write() -> impl Strategy<Value = WritePlan> {
    let flags = (
        prop::bool::weighted(0.2),
        any::<bool>(),
        any::<bool>(),
        prop::bool::weighted(0.15),
    );
    let events = prop::collection::vec(any::<u8>(), 0..4);
    let attempt = prop::option::of((0..3_u8, any::<bool>()));
    let schedule = prop::option::of((0..SCHEDULES, prop::option::of(any::<u8>())));
    let others = (prop::option::of(0..100_u64), outbox(), schedule);
    (0..RUNS, events, attempt, flags, others).prop_map(
        |(run, events, attempt, (closes, has_summary, becomes_current, is_deleted), (deadline, outbox, schedule))| {
            WritePlan {
                run,
                events,
                attempt,
                closes,
                has_summary,
                becomes_current,
                deadline,
                outbox,
                is_deleted,
                schedule,
            }
        },
    )
}

pub(super) fn shard_of(run: u8) -> ShardId {
    ShardId(u16::from(run) % SHARDS)
}

pub(super) fn namespace_of(run: u8) -> &'static str {
    ["default", "default-2"][usize::from(run % 2)]
}

pub(super) fn workflow_id_of(run: u8) -> String {
    format!("workflow\0{}", run % 4)
}

/// Some begin as others do.
pub(super) fn schedule_id_of(schedule: u8) -> String {
    "s".repeat(1 + usize::from(schedule / 2))
}

pub(super) fn module(module: u8, digest: u8) -> (ModuleVersion, Bytes) {
    let component = Bytes::from(vec![digest; 100]);
    let version = ModuleVersion {
        namespace: namespace_of(module % 2).into(),
        name: ["b", "ab"][usize::from(module / 2)].into(),
        digest: Digest::from_bytes(*blake3::hash(&component).as_bytes()),
        size_bytes: component.len() as u64,
        pushed: Timestamp::from_millis(u64::from(digest)),
    };
    (version, component)
}

pub(super) fn namespace(name: u8, id: u8) -> Namespace {
    Namespace {
        name: ["default", "default-2", "a"][usize::from(name)].into(),
        id: samples::run(id),
        ..samples::namespace()
    }
}

pub(super) fn task_queue(queue: u8, is_set: bool) -> TaskQueueSettings {
    let (namespace, name) = (namespace_of(queue % 2), ["b", "a\0b"][usize::from(queue / 2)]);
    match is_set {
        true => TaskQueueSettings {
            namespace: namespace.into(),
            name: name.into(),
            ..samples::task_queue()
        },
        false => TaskQueueSettings::of(namespace, name),
    }
}

pub(super) fn workflow_type(of_type: u8, is_set: bool) -> WorkflowTypeSettings {
    WorkflowTypeSettings {
        namespace: namespace_of(of_type % 2).into(),
        name: ["b", "ab"][usize::from(of_type / 2)].into(),
        paused: samples::workflow_type().paused.filter(|_| is_set),
    }
}

/// One of four, two in a namespace.
pub(super) fn batch_operation(name: u8, sample: u8) -> BatchOperation {
    let samples = samples::batch_operations();
    BatchOperation {
        namespace: namespace_of(name).into(),
        id: ["job", "job-2"][usize::from(name / 2)].into(),
        ..samples[usize::from(sample) % samples.len()].1.clone()
    }
}

/// What a caller knows: where its runs stand, and its epochs.
#[derive(Clone, Debug, Default)]
pub(super) struct Caller {
    heads: BTreeMap<RunId, RunHead>,
    epochs: BTreeMap<ShardId, Epoch>,
}

impl Caller {
    pub(super) fn acquire(&mut self, stores: &[&dyn Store], shard: ShardId) -> Result<(), StoreError> {
        for store in stores {
            self.epochs.insert(shard, store.acquire(shard)?);
        }
        Ok(())
    }

    pub(super) fn acquire_all(&mut self, stores: &[&dyn Store]) -> Result<(), StoreError> {
        (0..SHARDS).try_for_each(|shard| self.acquire(stores, ShardId(shard)))
    }

    /// Several plans for one run become one write.
    pub(super) fn batches(&mut self, plans: &[WritePlan]) -> Vec<Batch> {
        let mut batches = BTreeMap::new();
        let last_of_run: BTreeMap<u8, &WritePlan> = plans.iter().map(|plan| (plan.run, plan)).collect();
        for plan in last_of_run.values() {
            let shard = shard_of(plan.run);
            let batch = batches.entry(shard).or_insert_with(|| Batch {
                shard,
                epoch: self.epochs[&shard],
                runs: Vec::new(),
                outbox: Vec::new(),
                deletions: Vec::new(),
                schedules: Vec::new(),
            });
            batch.outbox.extend(changes_of(&plan.outbox));
            if !plan.outbox.is_all {
                let head = self.heads.entry(samples::run(plan.run)).or_default();
                batch.runs.push(write_of(plan, head));
            }
            if plan.is_deleted {
                self.heads.remove(&samples::run(plan.run));
                batch.deletions.push(samples::run(plan.run));
            }
        }
        // A schedule has a shard of its own. Of several changes of it in one append, one is made.
        let changed: BTreeMap<_, _> = plans.iter().filter_map(|plan| plan.schedule).collect();
        for (schedule, sample) in changed {
            let shard = ShardId::of(namespace_of(schedule), &schedule_id_of(schedule), SHARDS);
            let batch = batches.entry(shard).or_insert_with(|| Batch {
                shard,
                epoch: self.epochs[&shard],
                runs: Vec::new(),
                outbox: Vec::new(),
                deletions: Vec::new(),
                schedules: Vec::new(),
            });
            batch.schedules.push(schedule_write(schedule, sample));
        }
        batches.into_values().collect()
    }

    pub(super) fn fenced(&mut self, plan: &WritePlan) -> Vec<Batch> {
        let mut batches = self.clone().batches(std::slice::from_ref(plan));
        for batch in &mut batches {
            batch.epoch.0 -= 1;
        }
        batches
    }
}

fn schedule_write(schedule: u8, sample: Option<u8>) -> ScheduleWrite {
    let (namespace, id) = (namespace_of(schedule).to_owned(), schedule_id_of(schedule));
    let sampled = sample.map(|at| {
        let samples = samples::schedules();
        let (_, sample) = &samples[usize::from(at) % samples.len()];
        Arc::new(Schedule {
            namespace: namespace.clone(),
            id: id.clone(),
            ..sample.clone()
        })
    });
    ScheduleWrite {
        namespace,
        id,
        schedule: sampled,
    }
}

fn changes_of(plan: &OutboxPlan) -> impl Iterator<Item = (u64, Option<Message>)> {
    let samples = samples::messages();
    plan.changes.iter().map(move |(number, sample)| {
        let message = sample.map(|at| samples[usize::from(at) % samples.len()].1.clone());
        // Some in one byte, and some in two: they come back in their order, not in that of their first bytes.
        (u64::from(*number) * 100, message)
    })
}

fn write_of(plan: &WritePlan, head: &mut RunHead) -> RunWrite {
    let samples = samples::records();
    let events = plan
        .events
        .iter()
        .map(|at| samples[usize::from(*at) % samples.len()].clone());
    let events: Vec<_> = events.collect();
    let chunk = (!events.is_empty()).then(|| Chunk::encode(&events));
    *head = RunHead {
        length: head.length + events.len() as u64,
        bytes: head.bytes + chunk.as_ref().map_or(0, Chunk::size_bytes),
        is_busy: plan.events.len() > 2,
        next_deadline: plan.deadline.map(Timestamp::from_millis),
        is_closed: plan.closes,
    };
    let mut summary = samples::summary(if plan.closes {
        RunStatus::Failed
    } else {
        RunStatus::Running
    });
    summary.namespace = namespace_of(plan.run).into();
    summary.execution.workflow_id = workflow_id_of(plan.run);
    summary.execution.run_id = samples::run(plan.run);
    summary.history_length = head.length + 2;
    summary.transitions = head.length;
    // So that not all are closed at the same moment.
    summary.closed = summary
        .closed
        .map(|_| Timestamp::from_millis(plan.deadline.unwrap_or(50)));
    let attempt = |(operation, is_kept): (u8, bool)| {
        let attempts = samples::attempts();
        let attempt = attempts[usize::from(operation) % attempts.len()].clone();
        (OperationId(u64::from(operation) * 200), is_kept.then_some(attempt))
    };
    RunWrite {
        run: samples::run(plan.run),
        chunk,
        head: *head,
        attempts: plan.attempt.map(attempt).into_iter().collect(),
        summary: plan.has_summary.then(|| Arc::new(summary)),
        becomes_current: plan.becomes_current && plan.has_summary,
    }
}
