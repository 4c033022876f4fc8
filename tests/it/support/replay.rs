//! Replays histories to fresh guests.

use super::guests;
use mainspring::shard::ModuleIndex;
use mainspring::wasm::{CommandSink, Guest, Guests, LogLine, Refusal};
use mainspring_core::{Command, OperationId, Record, Replay};

/// Replays a history to a guest of today. An error tells where the guest asks for something else.
pub(crate) fn replay(history: Vec<Record>) -> Result<(), String> {
    let (modules, index) = guests::load();
    let module = index.current("", "").expect("there is one module");
    let mut guest = modules.instantiate(&module).expect("a guest");
    let mut sink = Replayed(Replay::new(history));
    while let Some(activation) = sink.0.next_activation().map_err(|error| error.to_string())? {
        let (returned, outcome) = guest.activate(activation, sink);
        outcome.map_err(|error| error.to_string())?;
        sink = returned;
        sink.0.end_activation().map_err(|error| error.to_string())?;
    }
    Ok(())
}

struct Replayed(Replay);

impl CommandSink for Replayed {
    fn command(&mut self, command: Command) -> Result<Option<OperationId>, Refusal> {
        Ok(self.0.command(command)?)
    }

    fn patched(&mut self, patch_id: String, deprecated: bool) -> Result<bool, Refusal> {
        Ok(self.0.patched(patch_id, deprecated)?)
    }

    fn log(&mut self, _line: LogLine) {}

    fn set_current_details(&mut self, _details: String) {}
}
