/** How a run ends, and how the host hears of it. */

import { ContinueAsNew } from './continuation.js';
import { failureOf } from './failure_layers.js';
import { isCancellation, TemporalFailure } from './failures.js';
import { host } from './host.js';
import type { Outcome, Run } from './run.js';

/** Ends the run with what a workflow or a signal handler threw: a failure fails it, any other error is a bug and blocks it. */
export function endWithError(run: Run, error: unknown): void {
  if (error instanceof ContinueAsNew) {
    run.end({ tag: 'continueAsNew', continuation: error.continuation });
  } else if (run.cancelRequested && isCancellation(error)) {
    run.end({ tag: 'cancelled' });
  } else if (error instanceof TemporalFailure) {
    run.end({ tag: 'fail', failure: failureOf(error) });
  } else {
    run.end({ tag: 'block', failure: failureOf(error) });
  }
}

/** Tells the host how the run ended; the last thing that it is told. */
export function report(run: Run, outcome: Outcome): void {
  if (outcome.tag === 'block') {
    host.block(outcome.failure);
  }
  const left = [...run.unfinished].filter((handling) => !handling.mayBeAbandoned).map(({ what }) => what);
  if (left.length > 0) {
    const advice = 'wait for `condition(allHandlersFinished)` before the workflow ends, or set an unfinishedPolicy';
    host.log('WARN', `the workflow ended while it was handling: ${left.join(', ')}; ${advice}`, []);
  }
  switch (outcome.tag) {
    case 'complete':
      return host.complete(outcome.output);
    case 'fail':
      return host.fail(outcome.failure);
    case 'cancelled':
      return host.cancelled([]);
    case 'continueAsNew':
      return host.continueAsNew(outcome.continuation);
  }
}
