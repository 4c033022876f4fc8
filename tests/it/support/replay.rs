//! Replays histories to fresh guests.

use super::guests;
use mainspring::shard::ModuleIndex;
use mainspring::wasm::{Guests, Modules};
use mainspring_core::{Digest, Record};

/// Replays a history to a guest of today. An error tells where the guest asks for something else.
pub(crate) fn replay(history: Vec<Record>) -> Result<(), String> {
    replay_with(guests::RUST, history)
}

/// The same, to a guest of a module that may be in another language.
pub(crate) fn replay_with(module: &'static str, history: Vec<Record>) -> Result<(), String> {
    let (modules, index) = guests::load(module);
    let module = index.current("", "").expect("there is one module");
    replay_to(&modules, module, history)
}

/// The same, to a guest of this module.
pub(crate) fn replay_to(modules: &Modules, module: Digest, history: Vec<Record>) -> Result<(), String> {
    let mut guest = modules.instantiate(&module).expect("a guest");
    let replayed = mainspring::shard::replay(&mut guest, history);
    replayed.map(drop).map_err(|error| error.to_string())
}
