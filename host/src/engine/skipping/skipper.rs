//! Finds out when nothing happens any more, and sets the clock ahead then.

use super::TimeSkipping;
use crate::engine::{Message, Parts};
use crate::shard::BlockedRuns;
use mainspring_core::Timestamp;
use std::sync::Weak;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::unbounded_channel;

/// Between two looks at everything.
const INTERVAL: Duration = Duration::from_millis(2);
/// The same while there is nothing to skip to, or time may not be skipped.
const INTERVAL_IDLE: Duration = Duration::from_millis(20);
/// An activity that waits may be taken the next moment, by a worker that is just about to poll. Only after so long
/// it is taken to have none.
const WORKER_PATIENCE: Duration = Duration::from_secs(1);

/// How a shard's thread stands, having done all that it was told before it was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Rest {
    /// How much it has done so far, in whatever unit: it has done nothing since if it is the same.
    pub(in crate::engine) done: u64,
    /// Whether something of it is yet to become durable.
    pub(in crate::engine) is_committing: bool,
    /// When runs have something to do next.
    pub(in crate::engine) runs_due: Option<Timestamp>,
    /// When schedules have.
    pub(in crate::engine) schedules_due: Option<Timestamp>,
}

/// How everything stands.
struct Look {
    all: Rest,
    /// Activities that wait for somebody who takes them.
    waiting: usize,
    /// When some of those that wait may be handed out.
    queues_due: Option<Timestamp>,
}

/// Skips time while it may, until the engine is gone.
pub(in crate::engine) async fn skip(time: TimeSkipping, engine: Weak<Parts>) {
    // What two looks one after the other find unchanged lies still: what one thread sends another has arrived before
    // the second look, and was done then.
    let mut still: Option<(Rest, Instant)> = None;
    loop {
        let Some(parts) = engine.upgrade() else {
            return;
        };
        let look = match time.may_skip() {
            true => look(&parts).await,
            false => None,
        };
        let mut interval = INTERVAL;
        still = match (look, still) {
            (None, _) => {
                interval = INTERVAL_IDLE;
                None
            }
            (Some(look), Some((before, since))) if before == look.all => {
                let is_over = look.waiting == 0 || since.elapsed() >= WORKER_PATIENCE;
                let next = next_moment(&look, time.next_sleeper()).filter(|_| is_over && time.may_skip());
                match next {
                    Some(moment) => {
                        time.set_to(moment);
                        parts.dispatcher.pass_time(time.now());
                        None
                    }
                    None => {
                        interval = INTERVAL_IDLE;
                        Some((before, since))
                    }
                }
            }
            (Some(look), _) => Some((look.all, Instant::now())),
        };
        drop(parts);
        tokio::time::sleep(interval).await;
    }
}

/// The next moment at which something is due. Schedules alone are not worth skipping to: they would never end.
fn next_moment(look: &Look, sleeper: Option<Timestamp>) -> Option<Timestamp> {
    let awaited = [look.all.runs_due, look.queues_due, sleeper]
        .into_iter()
        .flatten()
        .min()?;
    Some(look.all.schedules_due.map_or(awaited, |due| due.min(awaited)))
}

/// How everything stands, if nothing is under way. Who asks the threads wakes them, so what is due they do now.
async fn look(parts: &Parts) -> Option<Look> {
    let (sender, mut receiver) = unbounded_channel();
    parts.router.tell_all(|| Message::Rest(sender.clone()));
    drop(sender);
    let mut all = Rest::default();
    while let Some(rest) = receiver.recv().await {
        all.done += rest.done;
        all.is_committing |= rest.is_committing;
        all.runs_due = all.runs_due.into_iter().chain(rest.runs_due).min();
        all.schedules_due = all.schedules_due.into_iter().chain(rest.schedules_due).min();
    }
    let load = parts.dispatcher.load();
    // One that is blocked is tried again and again: skipping to that would be a race without an end.
    let is_blocked = !parts.blocked.values().all(BlockedRuns::is_empty);
    if all.is_committing || load.running > 0 || is_blocked {
        return None;
    }
    Some(Look {
        all,
        waiting: load.waiting,
        queues_due: parts.dispatcher.next_deadline(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_skipped_to_on_the_way_to_something_else() {
        let at = |seconds: u64| Some(Timestamp::from_millis(seconds * 1_000));
        let look = |runs_due, schedules_due| Look {
            all: Rest {
                runs_due,
                schedules_due,
                ..Rest::default()
            },
            waiting: 0,
            queues_due: None,
        };
        assert_eq!(next_moment(&look(at(7), at(3)), None), at(3));
        assert_eq!(next_moment(&look(at(7), None), at(5)), at(5));
        assert_eq!(next_moment(&look(None, at(3)), None), None);
        assert_eq!(next_moment(&look(None, at(3)), at(9)), at(3));
    }
}
