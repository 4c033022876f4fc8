//! Turns an artefact back into code that runs. The one place of this crate that has to be trusted.

use super::artefacts::Authenticated;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The component that this artefact was made of, or an error if another wasmtime or other settings made it.
#[expect(
    unsafe_code,
    reason = "wasmtime cannot check machine code, so running it has to be vouched for; \
              `Authenticated` bytes are exactly those that `Component::serialize` gave a host with this key"
)]
pub(super) fn component(engine: &Engine, artefact: &Authenticated) -> wasmtime::Result<Component> {
    // SAFETY: `Component::deserialize` asks for bytes that `Component::serialize` made, unchanged. An
    // `Authenticated` value exists only for bytes whose keyed hash, with the host's secret key, is right; and the
    // host makes that hash only for bytes that `Component::serialize` has just returned.
    unsafe { Component::deserialize(engine, artefact.bytes()) }
}
