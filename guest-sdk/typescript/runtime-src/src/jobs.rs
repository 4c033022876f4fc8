//! What happened, told to the program: a call for each job.

use crate::bindings::exports::mainspring::workflow::guest::{Activation, Job, Resolution, StartResolution};
use crate::engine::Program;
use crate::{clock, random};

/// Delivers an activation, and runs the program until nothing moves.
pub(crate) fn deliver(program: &Program, activation: Activation) {
    clock::set(activation.now);
    let mut jobs = activation.jobs.into_iter().peekable();
    let start = match jobs.next_if(|first| matches!(first, Job::Start(_))) {
        Some(Job::Start(start)) => {
            random::reseed(start.random_seed);
            Some(start)
        }
        _ => None,
    };
    let (length, bytes) = (activation.history_length, activation.history_bytes);
    let entered = (length, bytes, activation.continue_as_new_suggested, start);
    program.call::<_, ()>(&program.exports.enter, entered);
    for job in jobs {
        tell(program, job);
    }
    program.drain();
    while program.call(&program.exports.settle, ()) {
        program.drain();
    }
}

fn tell(program: &Program, job: Job) {
    let exports = &program.exports;
    match job {
        Job::Start(_) => unreachable!("it comes first, and once"),
        Job::ActivityResolved(it) => resolved(program, it.operation, it.resolution),
        Job::ChildResolved(it) => resolved(program, it.operation, it.resolution),
        Job::TimerFired(operation) => program.call(&exports.completed, (operation,)),
        Job::ExternalResolved(it) => match it.delivered {
            Ok(()) => program.call(&exports.completed, (it.operation,)),
            Err(failure) => program.call(&exports.failed, (it.operation, failure)),
        },
        Job::ChildStarted(it) => match it.started {
            StartResolution::Started(execution) => program.call(&exports.child_started, (it.operation, execution)),
            StartResolution::AlreadyStarted => program.call(&exports.child_exists, (it.operation,)),
            StartResolution::Failed(failure) | StartResolution::Cancelled(failure) => {
                program.call::<_, ()>(&exports.failed, (it.operation, failure));
            }
        },
        Job::SignalReceived(signal) => program.call(&exports.signal_received, (signal,)),
        Job::UpdateRequested(update) => program.call(&exports.update_requested, (update,)),
        Job::CancelRequested(reason) => program.call(&exports.cancel_requested, (reason,)),
        Job::RandomReseeded(seed) => random::reseed(seed),
    }
}

fn resolved(program: &Program, operation: u64, resolution: Resolution) {
    match resolution {
        Resolution::Completed(output) => program.call(&program.exports.completed, (operation, output)),
        Resolution::Failed(failure) | Resolution::Cancelled(failure) => {
            program.call::<_, ()>(&program.exports.failed, (operation, failure));
        }
    }
}
