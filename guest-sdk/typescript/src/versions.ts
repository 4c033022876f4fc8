/** Changing a workflow's code under running workflows. */

import { host } from './host.js';
import { currentRun } from './run.js';

/** Does this run take the changed path? The answer stays the same for the rest of the run. */
export function patched(patchId: string): boolean {
  return note(patchId, false);
}

/** Says that no run takes the path from before the patch any more. */
export function deprecatePatch(patchId: string): void {
  note(patchId, true);
}

function note(patchId: string, deprecated: boolean): boolean {
  currentRun();
  return host.patched(patchId, deprecated);
}
