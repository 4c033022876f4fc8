/** Waiting until something is so. */

import { CancellationScope } from './cancellation.js';
import { type Duration, milliseconds } from './duration.js';
import { currentRun } from './run.js';
import { startTimer, type TimerOptions } from './timers.js';

/** Waits until `fn` is true. With a timeout, gives whether it became so in time. */
export function condition(fn: () => boolean, timeout: Duration, options?: TimerOptions): Promise<boolean>;
export function condition(fn: () => boolean): Promise<void>;
export function condition(fn: () => boolean, timeout?: Duration, options?: TimerOptions): Promise<boolean | void> {
  return new Promise<boolean | void>((resolve, reject) => {
    const run = currentRun();
    const scope = CancellationScope.current();
    if (scope.reason !== undefined) {
      reject(scope.reason);
      return;
    }
    const inTime = timeout === undefined ? undefined : true;
    if (fn()) {
      resolve(inTime);
      return;
    }
    let giveUpTimer = (): void => {};
    const over = (): void => {
      run.conditions.delete(waiting);
      stopListening();
      giveUpTimer();
    };
    const waiting = {
      holds: fn,
      resolve: () => (over(), resolve(inTime)),
      reject: (error: unknown) => (over(), reject(error)),
    };
    run.conditions.add(waiting);
    const stopListening = scope.onCancel((reason) => {
      run.conditions.delete(waiting);
      reject(reason);
    });
    if (timeout !== undefined) {
      const expired = (): void => {
        run.conditions.delete(waiting);
        stopListening();
        resolve(false);
      };
      giveUpTimer = startTimer(milliseconds(timeout), options?.summary, expired, () => {});
    }
  });
}
