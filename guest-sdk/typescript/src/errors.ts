/** Errors that are not failures: mistakes in a workflow's code. They block the run. */

function named(type: { prototype: Error; name: string }): void {
  Object.defineProperty(type.prototype, 'name', { value: type.name, configurable: true, writable: true });
}

/** A value that cannot be converted. */
export class ValueError extends Error {
  constructor(message: string | undefined, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Something was called where it cannot be. */
export class IllegalStateError extends Error {}

/** A mistake in the use of the workflow's functions. */
export class WorkflowError extends Error {}

/** Code that would not repeat itself in a replay. */
export class DeterminismViolationError extends WorkflowError {}

for (const type of [ValueError, IllegalStateError, WorkflowError, DeterminismViolationError]) {
  named(type);
}
