//! Everything that a store answers, so that two can be compared.

use super::plan;
use crate::store::search::{Attribute, Check, Condition, RunPage, RunQuery, SystemAttribute, Test, Value};
use crate::store::{
    BatchOperation, ModuleVersion, Namespace, RunHead, RunSummary, ShardId, Store, StoreError, TaskQueueSettings,
    WorkflowTypeSettings, samples,
};
use bytes::Bytes;
use mainspring_core::schedule::Schedule;
use mainspring_core::{Attempt, Event, Message, OperationId, Record, RunId, Timestamp};

#[derive(Debug, PartialEq)]
pub(super) struct Dump {
    runs: Vec<Run>,
    current: Vec<Option<RunId>>,
    open: Vec<Vec<(RunId, RunHead)>>,
    closed: Vec<Vec<RunId>>,
    outbox: Vec<Vec<(u64, Message)>>,
    schedules: Vec<Option<Schedule>>,
    listed_schedules: Vec<Vec<Schedule>>,
    listed: Vec<RunPage>,
    modules: Vec<ModuleVersion>,
    components: Vec<Option<Bytes>>,
    namespaces: Vec<Namespace>,
    task_queues: Vec<TaskQueueSettings>,
    workflow_types: Vec<WorkflowTypeSettings>,
    batch_operations: Vec<Option<BatchOperation>>,
    batch_operations_of: Vec<Vec<BatchOperation>>,
}

#[derive(Debug, PartialEq)]
struct Run {
    found: Option<(RunSummary, RunHead)>,
    history: Vec<Record>,
    last_event: Option<Event>,
    attempts: Vec<(OperationId, Attempt)>,
}

pub(super) fn dump(store: &dyn Store) -> Result<Dump, StoreError> {
    let runs = (0..plan::RUNS).map(|number| {
        let run = samples::run(number);
        Ok(Run {
            found: store.run(run)?,
            history: store.history(run)?,
            last_event: store.last_event(run)?,
            attempts: store.attempts(run)?,
        })
    });
    let current = (0..plan::RUNS).map(|run| store.current_run(plan::namespace_of(run), &plan::workflow_id_of(run)));
    let pages = || {
        let from = [None, Some(samples::run(3)), Some(samples::run(200))];
        from.into_iter().flat_map(|from| [(from, 2), (from, usize::MAX)])
    };
    let shards = (0..plan::SHARDS).map(ShardId);
    let open = shards.flat_map(|shard| pages().map(move |(after, limit)| store.open_runs(shard, after, limit)));
    let closed = (0..plan::SHARDS).flat_map(|shard| {
        let namespaces = ["default", "default-2", "default-", "unknown"].into_iter();
        namespaces.flat_map(move |namespace| {
            [(0, 9), (49, 9), (50, 2), (u64::MAX, usize::MAX)].map(|(until, limit)| {
                let until = Timestamp::from_millis(until);
                store.closed_runs(ShardId(shard), namespace, until, limit)
            })
        })
    });
    let outbox = (0..plan::SHARDS).map(|shard| store.outbox(ShardId(shard)));
    let schedule = |at| store.schedule(plan::namespace_of(at), &plan::schedule_id_of(at));
    let schedules = (0..plan::SCHEDULES).map(schedule);
    let pages_of_schedules = || {
        [None, Some("ss"), Some("sss!")]
            .into_iter()
            .flat_map(|after| [(after, 2), (after, usize::MAX)])
    };
    let of_shards = (0..plan::SHARDS).flat_map(|shard| {
        pages_of_schedules().map(move |(after, limit)| {
            let after = after.map(|id| ("default", id));
            store.schedules_of_shard(ShardId(shard), after, limit)
        })
    });
    let namespaces = ["default", "default-2", "default-", "unknown"].into_iter();
    let of_namespaces = namespaces
        .clone()
        .flat_map(|namespace| pages_of_schedules().map(move |(after, limit)| store.schedules(namespace, after, limit)));
    let listed = namespaces.flat_map(|namespace| {
        pages().flat_map(move |(before, limit)| {
            let conditions = [Condition::EVERYTHING, running()].into_iter();
            conditions.map(move |condition| {
                store.find_runs(&RunQuery {
                    namespace: namespace.to_owned(),
                    condition,
                    before,
                    limit,
                })
            })
        })
    });
    let components = (0..4).map(|digest| store.component(&plan::module(0, digest).0.digest));
    let batch_operations = (0..4).map(|name| {
        let operation = plan::batch_operation(name, 0);
        store.batch_operation(&operation.namespace, &operation.id)
    });
    let of = ["default", "default-2", "default-", "unknown"].map(|namespace| store.batch_operations(namespace));
    Ok(Dump {
        runs: runs.collect::<Result<_, StoreError>>()?,
        current: current.collect::<Result<_, _>>()?,
        open: open.collect::<Result<_, _>>()?,
        closed: closed.collect::<Result<_, _>>()?,
        outbox: outbox.collect::<Result<_, _>>()?,
        schedules: schedules.collect::<Result<_, _>>()?,
        listed_schedules: of_shards.chain(of_namespaces).collect::<Result<_, _>>()?,
        listed: listed.collect::<Result<_, _>>()?,
        modules: store.modules()?,
        components: components.collect::<Result<_, _>>()?,
        namespaces: store.namespaces()?,
        task_queues: store.task_queues()?,
        workflow_types: store.workflow_types()?,
        batch_operations: batch_operations.collect::<Result<_, _>>()?,
        batch_operations_of: of.into_iter().collect::<Result<_, _>>()?,
    })
}

/// So that the index is asked, too.
pub(super) fn running() -> Condition {
    Condition::Test(Test {
        attribute: Attribute::System(SystemAttribute::ExecutionStatus),
        check: Check::OneOf(vec![Value::Text("Running".into())]),
        is_negated: false,
    })
}
