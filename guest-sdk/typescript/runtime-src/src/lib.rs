//! The JavaScript engine of workflow modules: QuickJS behind the contract in `/wit`.
//!
//! `init` evaluates a bundle and leaves the engine in memory, which the builder then makes the beginning of a module. The bundle's exports ([`engine::Exports`]) take what the host calls, a function for each kind of [job](jobs); what they ask the host for goes through one object ([`host`]). What is a promise, a signal handler or a cancellation is TypeScript's business (`../src`): here are only values that cross ([`convert`]), and what JavaScript cannot do by itself: time ([`clock`]), chance ([`random`]), UTF-8 ([`text`]), URLs ([`urls`]) and the places of errors in the author's sources ([`source_map`]).

mod activities;
mod bindings;
mod clock;
mod convert;
mod engine;
mod host;
mod jobs;
mod memory;
mod random;
mod source_map;
mod text;
mod urls;

use bindings::Guest as Init;
use bindings::exports::mainspring::workflow::guest::{Activation, Guest, Manifest, Update};
use bindings::mainspring::workflow::types::{FailureLayer, Payload};

struct Module;

impl Init for Module {
    fn init(code: String, sources: Vec<String>, places: Vec<u8>) -> Result<(), String> {
        engine::load(code, sources, places)
    }
}

impl Guest for Module {
    fn describe() -> Manifest {
        engine::with(|program| program.call(&program.exports.describe, ()))
    }

    fn activate(activation: Activation) {
        engine::with(|program| jobs::deliver(program, activation));
    }

    fn query(name: String, input: Vec<Payload>, headers: Vec<(String, Payload)>) -> Result<Payload, Vec<FailureLayer>> {
        engine::with(|program| {
            let question = (name, input, convert::Pairs(headers));
            let answer: convert::Answer<Payload> = program.call(&program.exports.query, question);
            program.drain();
            answer.0
        })
    }

    fn validate_update(update: Update) -> Result<(), Vec<FailureLayer>> {
        engine::with(|program| {
            let verdict: convert::Answer<()> = program.call(&program.exports.validate_update, (update,));
            program.drain();
            verdict.0
        })
    }
}

bindings::export!(Module with_types_in bindings);
