//! The schedules of a shard: brought to where they stood, told the time, changed, and made durable with the messages
//! that they send.
//!
//! A schedule is one value in the store. It is in memory only for as long as a commit of it is under way.

mod running;
mod staged;

pub(super) use running::stop;
pub(super) use staged::StagedSchedules;

use super::Shard;
use super::request::{NewSchedule, ScheduleError, ScheduleName, ScheduleRequest};
use crate::store::StoreError;
use crate::time_zone;
use crate::wasm::Guests;
use mainspring_core::Timestamp;
use mainspring_core::schedule::{Schedule, Spec, Times, Utc};

/// How many schedules are read at a time at start-up.
const SCHEDULES_PAGE: usize = 1_000;

impl<G: Guests> Shard<G> {
    /// Finds out when each schedule has something to do.
    pub(super) fn find_schedules(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let mut after: Option<ScheduleName> = None;
        loop {
            let last = after.as_ref().map(|it| (it.namespace.as_str(), it.id.as_str()));
            let page = self.store.schedules_of_shard(self.id, last, SCHEDULES_PAGE)?;
            for schedule in &page {
                let due = schedule.next_deadline(&times(schedule), now);
                self.schedule_agenda.set(ScheduleName::of(schedule), due);
            }
            match page.last() {
                Some(last) if page.len() == SCHEDULES_PAGE => after = Some(ScheduleName::of(last)),
                _ => return Ok(()),
            }
        }
    }

    /// Takes a request of a client.
    pub(super) fn handle_schedule(&mut self, name: ScheduleName, request: ScheduleRequest, now: Timestamp) {
        match request {
            ScheduleRequest::Create(new, reply) => {
                let answer = self.create_schedule(&name, *new, now);
                self.answer(reply, answer);
            }
            ScheduleRequest::Update(update, reply) => {
                let answer = self.change_known(&name, now, |schedule, now| schedule.update(*update, now));
                self.answer(reply, answer);
            }
            ScheduleRequest::Patch(patch, reply) => {
                let answer = self.change_known(&name, now, |schedule, now| schedule.patch(*patch, now));
                self.answer(reply, answer);
            }
            ScheduleRequest::Delete(reply) => {
                let answer = self.delete_schedule(&name);
                self.answer(reply, answer);
            }
            ScheduleRequest::Describe(reply) => {
                let found = self.schedule(&name).map_err(ScheduleError::from);
                let answer = found.and_then(|it| it.map(Box::new).ok_or_else(|| name.not_found()));
                self.answer(reply, answer);
            }
        }
    }

    fn create_schedule(&mut self, name: &ScheduleName, new: NewSchedule, now: Timestamp) -> Result<u64, ScheduleError> {
        if let Some(known) = self.schedule(name)? {
            let is_repeated = !known.created_by.is_empty() && known.created_by == new.schedule.created_by;
            return if is_repeated {
                Ok(known.revision)
            } else {
                Err(ScheduleError::Exists(name.id.clone()))
            };
        }
        let mut schedule = new.schedule;
        schedule.patch(new.patch, now)?;
        let revision = schedule.revision;
        self.stage_schedule(schedule, now, Vec::new());
        Ok(revision)
    }

    fn delete_schedule(&mut self, name: &ScheduleName) -> Result<(), ScheduleError> {
        if self.schedule(name)?.is_none() {
            return Err(name.not_found());
        }
        self.schedule_agenda.set(name.clone(), None);
        self.staging.schedules.put(name.clone(), None);
        Ok(())
    }

    fn change_known<E: Into<ScheduleError>>(
        &mut self,
        name: &ScheduleName,
        now: Timestamp,
        change: impl FnOnce(&mut Schedule, Timestamp) -> Result<(), E>,
    ) -> Result<(), ScheduleError> {
        match self.change_schedule(name, now, change)? {
            Some(changed) => changed.map_err(Into::into),
            None => Err(name.not_found()),
        }
    }

    /// Changes a schedule, if there is one of that name.
    fn change_schedule<T>(
        &mut self,
        name: &ScheduleName,
        now: Timestamp,
        change: impl FnOnce(&mut Schedule, Timestamp) -> T,
    ) -> Result<Option<T>, StoreError> {
        let Some(mut schedule) = self.schedule(name)? else {
            return Ok(None);
        };
        let messages = schedule.advance(&times(&schedule), now);
        let changed = change(&mut schedule, now);
        self.stage_schedule(schedule, now, messages);
        Ok(Some(changed))
    }

    /// Lets a schedule do what is due, and sees to it that it is called again. What it has sent before goes out first.
    fn stage_schedule(&mut self, mut schedule: Schedule, now: Timestamp, mut messages: Vec<mainspring_core::Message>) {
        let times = times(&schedule);
        messages.extend(schedule.advance(&times, now));
        let name = ScheduleName::of(&schedule);
        self.schedule_agenda
            .set(name.clone(), schedule.next_deadline(&times, now));
        self.staging.schedules.put(name, Some(schedule));
        for message in messages {
            self.send(message);
        }
    }

    /// Lets every schedule that is due do a bounded part of it. One that has more to do is due again.
    pub(super) fn advance_schedules(&mut self, now: Timestamp) {
        let due: Vec<_> = std::iter::from_fn(|| self.schedule_agenda.take_due(now)).collect();
        for name in due {
            if let Err(error) = self.change_schedule(&name, now, |_, _| {}) {
                tracing::error!(schedule = name.id, %error, "the schedule cannot be read");
            }
        }
    }

    /// A schedule as it is now.
    fn schedule(&self, name: &ScheduleName) -> Result<Option<Schedule>, StoreError> {
        match self.staging.schedules.get(name) {
            Some(known) => Ok(known.cloned()),
            None => self.store.schedule(&name.namespace, &name.id),
        }
    }
}

/// The times of a schedule. Its time zone was known when it was created; if this build does not know it any more, there
/// are none until the schedule is changed.
fn times(schedule: &Schedule) -> Times {
    time_zone::times(&schedule.spec, &schedule.namespace, &schedule.id).unwrap_or_else(|error| {
        tracing::error!(schedule = schedule.id, %error, "the schedule does nothing");
        Times::new(&Spec::default(), Box::new(Utc), "", "")
    })
}
