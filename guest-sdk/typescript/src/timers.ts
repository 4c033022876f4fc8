/** Durable timers. */

import { type Duration, milliseconds } from './duration.js';
import { host } from './host.js';
import { begin } from './operations.js';
import { textPayload } from './payloads.js';
import { currentRun } from './run.js';

export interface TimerOptions {
  /** One line that tools show beside the timer. */
  summary?: string;
}

/** Waits. Cancelled with its scope. */
export function sleep(ms: Duration, options?: TimerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    startTimer(milliseconds(ms), options?.summary, resolve, reject);
  });
}

/** Starts a timer; returns how to give it up. `cancelled` is told if its scope is. */
export function startTimer(
  after: number,
  summary: string | undefined,
  fired: () => void,
  cancelled: (reason: Error) => void,
): () => void {
  const run = currentRun();
  let pending: number | undefined;
  const giveUp = (words = ''): void => {
    if (pending !== undefined && run.outcome === undefined) {
      host.cancelOperation(pending, words);
      run.operations.get(pending)?.({ tag: 'given up' });
    }
  };
  begin({
    ask: () => (pending = host.startTimer(after, { summary: textPayload(summary) })),
    receive: (report) => {
      pending = undefined;
      if (report.tag === 'fired') {
        fired();
      }
    },
    // Nothing is heard of a timer that was cancelled.
    cancelled: (reason, words) => {
      giveUp(words);
      cancelled(reason);
    },
    refused: cancelled,
  });
  return giveUp;
}
