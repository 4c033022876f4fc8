//! Changing code under running workflows.

use crate::host;

/// True if this run is to take the changed path: it is new here, or has taken it before.
///
/// ```no_run
/// # use mainspring_workflow::patched;
/// # fn old_way() {} fn new_way() {}
/// if patched("2026-11-check-stock-first") { new_way() } else { old_way() }
/// ```
pub fn patched(patch: &str) -> bool {
    host::versions::patched(patch, false)
}

/// Says that no run takes the old path of this patch any more, and the code for it is gone. Later, this line can go too.
pub fn deprecate_patch(patch: &str) {
    host::versions::patched(patch, true);
}
