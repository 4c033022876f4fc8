//! Schedules.

use super::call::CallError;
use crate::engine::Engine;
use crate::shard::{NewSchedule, Request, ScheduleError, ScheduleName, ScheduleRequest};
use crate::store::StoreError;
use mainspring_core::schedule::{Patch, Schedule, Update};

impl Engine {
    /// Creates a schedule. Answers its revision. Durable when it returns.
    pub async fn create_schedule(&self, name: ScheduleName, new: NewSchedule) -> Result<u64, CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Create(Box::new(new), reply)))
            .await
    }

    /// Makes a schedule another one. Durable when it returns.
    pub async fn update_schedule(&self, name: ScheduleName, update: Update) -> Result<(), CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Update(Box::new(update), reply)))
            .await
    }

    /// Changes a little of a schedule, or has it do something once. Durable when it returns.
    pub async fn patch_schedule(&self, name: ScheduleName, patch: Patch) -> Result<(), CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Patch(Box::new(patch), reply)))
            .await
    }

    /// Deletes a schedule. What it has started goes on. Durable when it returns.
    pub async fn delete_schedule(&self, name: ScheduleName) -> Result<(), CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Delete(reply)))
            .await
    }

    /// Tells all that is known of a schedule.
    pub async fn describe_schedule(&self, name: ScheduleName) -> Result<Box<Schedule>, CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Describe(reply)))
            .await
    }

    /// Schedules of a namespace by name, `limit` at a time, after the given one.
    pub async fn schedules(
        &self,
        namespace: String,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Schedule>, CallError<StoreError>> {
        self.check_namespace(&namespace)?;
        let store = self.parts.store.clone();
        let found = self.read(move || store.schedules(&namespace, after.as_deref(), limit));
        found.await?.map_err(CallError::Refused)
    }
}
