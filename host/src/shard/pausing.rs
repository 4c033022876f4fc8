//! Pausing runs, and letting them go on.

use super::Shard;
use super::request::{PauseError, Target};
use crate::wasm::Guests;
use mainspring_core::{Refused, Run, Taken};

impl<G: Guests> Shard<G> {
    /// Pauses or resumes a run. The guest of a paused run stays as it is: it can be asked, and is up to date when it is
    /// activated again.
    pub(super) fn pause_or_resume(
        &mut self,
        target: &Target,
        change: impl FnOnce(&mut Run) -> Result<Taken, Refused>,
    ) -> Result<(), PauseError> {
        let id = self.find(target)?;
        if let Some(resident) = self.residents.get_mut(&id) {
            change(resident.run_mut())?;
        }
        self.stage(id);
        Ok(())
    }
}
