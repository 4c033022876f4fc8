//! Runs as they are found, by what is known of them.

use super::call::CallError;
use crate::engine::{Engine, blocked_filter};
use crate::shard::Blocked;
use crate::store::search::{OrderedPage, OrderedQuery, RunCount, RunPage, RunQuery};
use crate::store::{RunSummary, ShardId, StoreError};

impl Engine {
    /// Why a run cannot go on, if it cannot. Answers at once, whatever the run's shard is doing.
    pub fn blocked(&self, run: &RunSummary) -> Option<Blocked> {
        let shard = ShardId::of(&run.namespace, &run.execution.workflow_id, self.parts.store.shards());
        self.parts.blocked.get(&shard)?.get(run.execution.run_id)
    }

    /// A page of the runs that are asked for.
    pub async fn find_runs(&self, mut query: RunQuery) -> Result<RunPage, CallError<StoreError>> {
        self.check_namespace(&query.namespace)?;
        query.condition = blocked_filter::resolved(query.condition, &self.parts.blocked);
        let store = self.parts.store.clone();
        let found = self.read(move || store.find_runs(&query));
        found.await?.map_err(CallError::Refused)
    }

    /// A page of the runs that are asked for, in the order of a value.
    pub async fn find_in_order(&self, mut query: OrderedQuery) -> Result<OrderedPage, CallError<StoreError>> {
        self.check_namespace(&query.namespace)?;
        query.condition = blocked_filter::resolved(query.condition, &self.parts.blocked);
        let store = self.parts.store.clone();
        let found = self.read(move || store.find_in_order(&query));
        found.await?.map_err(CallError::Refused)
    }

    /// Counts the runs that are asked for, as many at a time as is done quickly.
    pub async fn count_runs(&self, mut query: RunQuery) -> Result<RunCount, CallError<StoreError>> {
        self.check_namespace(&query.namespace)?;
        query.condition = blocked_filter::resolved(query.condition, &self.parts.blocked);
        let store = self.parts.store.clone();
        let counted = self.read(move || store.count_runs(&query));
        counted.await?.map_err(CallError::Refused)
    }
}
