//! What is played. A file for each subject; a behaviour is one line in its list, and what is done to a stage. The
//! workflows are those of `tests/guests/src/golden`.

mod activities;
mod chains;
mod children;
mod closing;
mod messages;
mod pauses;
mod resets;
mod schedules;
mod scopes;
mod timers;
mod versions;

use super::Behaviour;

/// All of them.
pub(super) fn all() -> impl Iterator<Item = Behaviour> {
    let subjects = [
        activities::BEHAVIOURS,
        chains::BEHAVIOURS,
        children::BEHAVIOURS,
        closing::BEHAVIOURS,
        messages::BEHAVIOURS,
        pauses::BEHAVIOURS,
        resets::BEHAVIOURS,
        schedules::BEHAVIOURS,
        scopes::BEHAVIOURS,
        timers::BEHAVIOURS,
        versions::BEHAVIOURS,
    ];
    subjects.into_iter().flatten().copied()
}
