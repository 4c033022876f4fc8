/** Operations in the host's hands: activities, timers, children, messages to other workflows. */

import { CancellationScope } from './cancellation.js';
import type { Failure, Payload, Resolution, StartResolution } from './contract.js';
import { errorOf } from './failure_layers.js';
import { host } from './host.js';
import { currentRun } from './run.js';

/** What the host reports of an operation. */
export type Report =
  | { tag: 'fired' }
  | { tag: 'given up' }
  | { tag: 'delivered'; failure: Failure | undefined }
  | { tag: 'resolved'; resolution: Resolution }
  | { tag: 'started'; started: StartResolution };

export type Receive = (report: Report) => void;

/** What is asked of the host, and how its reports are taken. */
export interface Request {
  /** Asks the host, which names the operation. */
  ask: () => number;
  /** Takes a report; it is the last one unless it says `false`. */
  receive: (report: Report) => void | false;
  /** What becomes of it when its scope is cancelled. The host has been asked to cancel it, unless this says how itself. */
  cancelled?: (reason: Error, words: string) => void;
  /** Called in the place of all else if the scope was cancelled before. */
  refused: (reason: Error) => void;
}

/** Begins an operation in the current scope. */
export function begin(request: Request): void {
  const run = currentRun();
  const scope = CancellationScope.current();
  if (scope.reason !== undefined) {
    request.refused(scope.reason);
    return;
  }
  // A workflow that is over asks for nothing more, and what still waits in it is never woken.
  if (run.outcome !== undefined) {
    return;
  }
  run.assertMayCommand();
  const operation = request.ask();
  const stopListening = scope.onCancel((reason, words) => {
    if (run.outcome !== undefined) {
      return;
    }
    if (request.cancelled === undefined) {
      host.cancelOperation(operation, words);
    } else {
      request.cancelled(reason, words);
    }
  });
  run.operations.set(operation, (report) => {
    if (request.receive(report) !== false) {
      run.operations.delete(operation);
      stopListening();
    }
  });
}

/** A promise of what an operation completes with. */
export function outcomeOf(ask: () => number): Promise<Payload | undefined> {
  return new Promise((resolve, reject) => {
    const receive = (report: Report): void => {
      if (report.tag === 'resolved') {
        settle(report.resolution, resolve, reject);
      } else if (report.tag === 'delivered') {
        report.failure === undefined ? resolve(undefined) : reject(errorOf(report.failure));
      }
    };
    begin({ ask, receive, refused: reject });
  });
}

export function settle(
  resolution: Resolution,
  resolve: (output: Payload | undefined) => void,
  reject: (reason: Error) => void,
): void {
  if (resolution.tag === 'completed') {
    resolve(resolution.value);
  } else {
    reject(errorOf(resolution.value));
  }
}
