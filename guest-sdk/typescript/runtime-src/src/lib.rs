//! The JavaScript engine of workflow modules: QuickJS behind the contract in `/wit`.
//!
//! `init` evaluates a bundle and leaves the engine in memory, which the builder then makes the beginning of a module. The bundle's exports ([`engine::Program`]) take what the host calls; what they ask the host for goes through one object ([`host`]). What is a promise, a signal handler or a cancellation is TypeScript's business (`../src`): here are only values that cross ([`convert`]), and what JavaScript cannot do by itself: time ([`clock`]), chance ([`random`]), UTF-8 ([`text`]), URLs ([`urls`]) and the places of errors in the author's sources ([`source_map`]).

mod bindings;
mod clock;
mod convert;
mod engine;
mod host;
mod memory;
mod random;
mod source_map;
mod text;
mod urls;

use bindings::Guest as Init;
use bindings::exports::mainspring::workflow::guest::{Activation, Guest, Job, Manifest, Update};
use bindings::mainspring::workflow::types::{FailureLayer, Payload};

struct Module;

impl Init for Module {
    fn init(source: String) -> Result<(), String> {
        engine::load(source)
    }
}

impl Guest for Module {
    fn describe() -> Manifest {
        engine::with(|program| program.call("describe", ()))
    }

    fn activate(activation: Activation) {
        clock::set(activation.now);
        for job in &activation.jobs {
            match job {
                Job::Start(start) => random::reseed(start.random_seed),
                Job::RandomReseeded(seed) => random::reseed(*seed),
                _ => {}
            }
        }
        engine::with(|program| {
            program.call::<_, ()>("activate", (activation,));
            program.drain();
            while program.call("unblock", ()) {
                program.drain();
            }
            program.call::<_, ()>("conclude", ());
        });
    }

    fn query(name: String, input: Vec<Payload>, headers: Vec<(String, Payload)>) -> Result<Payload, Vec<FailureLayer>> {
        engine::with(|program| {
            let answer: convert::Answer<Payload> = program.call("query", (name, input, convert::Pairs(headers)));
            program.drain();
            answer.0
        })
    }

    fn validate_update(update: Update) -> Result<(), Vec<FailureLayer>> {
        engine::with(|program| {
            let verdict: convert::Answer<()> = program.call("validateUpdate", (update,));
            program.drain();
            verdict.0
        })
    }
}

bindings::export!(Module with_types_in bindings);
