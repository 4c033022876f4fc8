//! What operators do to the pending activities of a run. It leaves no events: it is kept with the attempts.

use super::{Refused, Run};
use crate::{
    ActivityAction, ActivityOptions, ActivitySelection, Effect, Intervention, Millis, OperationId, OptionsChange,
    Pause, PendingActivity, PendingReset, Phase, Reset, Timestamp, Unpause, retry,
};

impl Run {
    /// Does something to the activities that are meant: to all of them, or, if one of them cannot have it, to none.
    /// Returns them.
    pub fn operate(
        &mut self,
        selection: &ActivitySelection,
        action: &ActivityAction,
        now: Timestamp,
    ) -> Result<Vec<OperationId>, Refused> {
        let selected = self.selected(selection)?;
        let now = self.moment(now);
        match action {
            ActivityAction::Pause(pause) => self.pause_activities(&selected, pause, now)?,
            ActivityAction::Unpause(how) => {
                for operation in &selected {
                    self.unpause_activity(*operation, how, now);
                }
            }
            ActivityAction::Reset(how) => {
                for operation in &selected {
                    self.reset_activity(*operation, how, now);
                }
            }
            ActivityAction::ChangeOptions(change) => self.change_options(&selected, change)?,
        }
        Ok(selected)
    }

    fn selected(&self, selection: &ActivitySelection) -> Result<Vec<OperationId>, Refused> {
        self.check_open()?;
        let pending = self.state.activities();
        let selected: Vec<OperationId> = match selection {
            ActivitySelection::Id(id) => self.state.activity_with_id(id).into_iter().collect(),
            ActivitySelection::Type(name) => pending
                .filter(|it| it.asked.activity_type == *name)
                .map(|it| it.operation)
                .collect(),
            ActivitySelection::All => pending.map(|it| it.operation).collect(),
        };
        if selected.is_empty() {
            return Err(Refused::ActivityGone);
        }
        Ok(selected)
    }

    fn pause_activities(&mut self, selected: &[OperationId], pause: &Pause, now: Timestamp) -> Result<(), Refused> {
        let earlier = |operation: &OperationId| self.state.activity(*operation)?.attempt.paused();
        let is_repeated = |it: &Pause| !pause.request_id.is_empty() && it.request_id == pause.request_id;
        let by_others = |operation| earlier(operation).is_some_and(|(_, it)| !is_repeated(it));
        if selected.iter().any(by_others) {
            return Err(Refused::ActivityAlreadyPaused);
        }
        for operation in selected {
            self.intervene(*operation, |_, intervention| {
                intervention.paused.get_or_insert_with(|| (now, pause.clone()));
            });
        }
        Ok(())
    }

    fn unpause_activity(&mut self, operation: OperationId, how: &Unpause, now: Timestamp) {
        let is_paused = |it: &PendingActivity| it.attempt.paused().is_some();
        if !self.state.activity(operation).is_some_and(is_paused) {
            return;
        }
        self.intervene(operation, |activity, intervention| {
            intervention.paused = None;
            if how.resets_attempts {
                count_anew(activity, intervention);
            }
            if how.drops_heartbeat {
                drop_heartbeat(activity);
            }
        });
        self.hand_out_anew(operation, how.jitter.of(operation), now);
    }

    fn reset_activity(&mut self, operation: OperationId, how: &Reset, now: Timestamp) {
        self.intervene(operation, |activity, intervention| {
            if !how.keeps_pause {
                intervention.paused = None;
            }
            if how.restores_options {
                intervention.options = None;
            }
            count_anew(activity, intervention);
            if activity.attempt.started().is_some() {
                let drops_heartbeat = how.drops_heartbeat;
                intervention.reset = Some(PendingReset { drops_heartbeat });
                return;
            }
            activity.attempt.last_failure = None;
            if how.drops_heartbeat {
                drop_heartbeat(activity);
            }
        });
        let is_paused = |it: &PendingActivity| it.attempt.paused().is_some();
        if !self.state.activity(operation).is_some_and(is_paused) {
            self.hand_out_anew(operation, how.jitter.of(operation), now);
        }
    }

    /// After the last attempt before a reset: the next one is the first, at once.
    pub(super) fn begin_again(&mut self, operation: OperationId, now: Timestamp) {
        self.intervene(operation, |activity, intervention| {
            let reset = intervention.reset.take().unwrap_or_default();
            activity.attempt.number += 1;
            count_anew(activity, intervention);
            activity.attempt.phase = Phase::BackingOff(now);
            activity.attempt.last_failure = None;
            activity.attempt.heartbeat_at = None;
            if reset.drops_heartbeat {
                drop_heartbeat(activity);
            }
        });
    }

    fn change_options(&mut self, selected: &[OperationId], change: &OptionsChange) -> Result<(), Refused> {
        let changed: Vec<(OperationId, ActivityOptions)> = selected
            .iter()
            .filter_map(|operation| self.state.activity(*operation))
            .map(|activity| (activity.operation, changed_options(activity, change)))
            .collect();
        let is_endless = |(_, options): &(_, ActivityOptions)| !options.have_an_end();
        if matches!(change, OptionsChange::Edit(_)) && changed.iter().any(is_endless) {
            return Err(Refused::Endless);
        }
        for (operation, options) in changed {
            self.give_options(operation, options);
        }
        Ok(())
    }

    fn give_options(&mut self, operation: OperationId, options: ActivityOptions) {
        let mut is_offered = false;
        self.intervene(operation, |activity, intervention| {
            let attempt = &mut activity.attempt;
            let policy = options.retry.clone().unwrap_or_default();
            if let (Phase::BackingOff(_), Some(failed)) = (attempt.phase, attempt.last_failed)
                && options.retry != activity.request.retry
            {
                let last = (attempt.number - intervention.uncounted).saturating_sub(1);
                attempt.phase = Phase::BackingOff(failed.after(retry::backoff(&policy, last)));
            }
            // Who was offered it, was offered it in another queue, or for another time.
            is_offered = matches!(attempt.phase, Phase::Ready(_));
            if is_offered {
                attempt.number += 1;
                intervention.uncounted += 1;
            }
            intervention.options = Some(options).filter(|options| !options.hold_in(&activity.asked));
        });
        if is_offered {
            self.offer(operation);
        }
    }

    /// Lets an attempt that nobody has begin, after this delay; who was offered it before cannot take it any more.
    fn hand_out_anew(&mut self, operation: OperationId, delay: Millis, now: Timestamp) {
        let mut is_held_by_worker = false;
        self.intervene(operation, |activity, intervention| match activity.attempt.phase {
            Phase::Started(..) => is_held_by_worker = true,
            Phase::Ready(_) => {
                activity.attempt.number += 1;
                intervention.uncounted += 1;
                activity.attempt.phase = Phase::BackingOff(now.after(delay));
            }
            Phase::BackingOff(_) => activity.attempt.phase = Phase::BackingOff(now.after(delay)),
        });
        if !is_held_by_worker && delay.is_zero() {
            self.make_ready(operation, now);
        }
    }

    fn intervene(&mut self, operation: OperationId, change: impl FnOnce(&mut PendingActivity, &mut Intervention)) {
        self.changed_attempts.insert(operation);
        self.state.change_attempt(operation, |activity| {
            let mut intervention = activity.attempt.intervention.take().unwrap_or_default();
            change(activity, &mut intervention);
            // Of one that has left nothing behind, nothing is kept.
            activity.attempt.intervention = Some(intervention).filter(|it| **it != Intervention::default());
        });
    }

    fn offer(&mut self, operation: OperationId) {
        if let Some(activity) = self.state.activity(operation) {
            self.owed
                .push(Effect::OfferActivity(operation, activity.attempt.number));
        }
    }
}

/// The attempt is the first from now on.
fn count_anew(activity: &PendingActivity, intervention: &mut Intervention) {
    intervention.uncounted = activity.attempt.number - 1;
}

/// How far it came is forgotten; when its worker was last heard of is not, if it has one.
fn drop_heartbeat(activity: &mut PendingActivity) {
    activity.attempt.heartbeat.clear();
    if activity.attempt.started().is_none() {
        activity.attempt.heartbeat_at = None;
    }
}

fn changed_options(activity: &PendingActivity, change: &OptionsChange) -> ActivityOptions {
    match change {
        OptionsChange::Restore => ActivityOptions::of(&activity.asked),
        OptionsChange::Edit(edits) => {
            let mut options = ActivityOptions::of(&activity.request);
            edits.iter().for_each(|edit| options.edit(edit));
            options
        }
    }
}
