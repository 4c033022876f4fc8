//! Whatever is done, redb's store answers as the model does.

use super::disk::Disk;
use super::dump::dump;
use super::plan::{self, Caller, LOG_BYTES, Operation, SHARDS};
use crate::store::memory::MemoryStore;
use crate::store::redb::{Options, RedbStore};
use crate::store::{ShardId, Store, StoreError};
use proptest::prelude::*;
use tempfile::TempDir;

fn open(disk: &Disk, components: &TempDir) -> RedbStore {
    let options = Options {
        shards: SHARDS,
        log_bytes: LOG_BYTES,
        ..Options::default()
    };
    RedbStore::open_on(
        disk.file("journal"),
        Box::new(disk.file("log")),
        components.path(),
        options,
    )
    .expect("the store opens")
}

fn perform(operation: &Operation, stores: [&dyn Store; 2], caller: &mut Caller) {
    match operation {
        Operation::Append(plans) => {
            let batches = caller.batches(plans);
            for store in stores {
                store.append(&batches).expect("it is appended");
            }
        }
        Operation::AppendFenced(plan) => {
            let batches = caller.fenced(plan);
            for store in stores {
                assert!(matches!(store.append(&batches), Err(StoreError::Fenced(_))));
            }
        }
        Operation::Acquire(shard) => caller.acquire(&stores, ShardId(*shard)).expect("it is acquired"),
        Operation::PutModule(module, digest) => {
            let (version, component) = plan::module(*module, *digest);
            for store in stores {
                store.put_module(&version, &component).expect("it is put");
            }
        }
        Operation::PutNamespace(name, id) => {
            let namespace = plan::namespace(*name, *id);
            for store in stores {
                store.put_namespace(&namespace).expect("it is put");
            }
        }
        Operation::PutTaskQueue(queue, is_set) => {
            let settings = plan::task_queue(*queue, *is_set);
            for store in stores {
                store.put_task_queue(&settings).expect("it is put");
            }
        }
        Operation::PutWorkflowType(of_type, is_set) => {
            let settings = plan::workflow_type(*of_type, *is_set);
            for store in stores {
                store.put_workflow_type(&settings).expect("it is put");
            }
        }
        Operation::PutBatch(name, sample) => {
            let operation = plan::batch_operation(*name, *sample);
            for store in stores {
                store.put_batch_operation(&operation).expect("it is put");
            }
        }
        Operation::RemoveBatch(name) => {
            let operation = plan::batch_operation(*name, 0);
            for store in stores {
                let removed = store.remove_batch_operation(&operation.namespace, &operation.id);
                removed.expect("it is removed");
            }
        }
        Operation::Reopen => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redb_answers_as_the_model(operations in prop::collection::vec(plan::operation(), 1..24)) {
        let (disk, components) = (Disk::default(), TempDir::new().unwrap());
        let mut redb = open(&disk, &components);
        let memory = MemoryStore::new(SHARDS);
        let mut caller = Caller::default();
        caller.acquire_all(&[&redb, &memory]).unwrap();
        for operation in &operations {
            if matches!(operation, Operation::Reopen) {
                drop(redb);
                redb = open(&disk, &components);
            }
            perform(operation, [&redb, &memory], &mut caller);
            prop_assert_eq!(dump(&redb).unwrap(), dump(&memory).unwrap());
        }
    }
}
