/** What a workflow hears that calls a global which it cannot have; the builder refuses authors' own code, so it is a package that does. */

import { DeterminismViolationError } from '../errors.js';

export function unavailable(name: string): never {
  throw new DeterminismViolationError(
    `${name} is not available in a workflow, which has no network and no files: make it an activity`,
  );
}
