/** Waiting until something is so. */

import { type CancelListener, CancellationScope } from './cancellation.js';
import { type Duration, milliseconds } from './duration.js';
import { type Condition, currentRun, type Run } from './run.js';
import { Timer, type TimerOptions } from './timers.js';

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
    const waiting = new Waiting(run, scope, fn, () => resolve(inTime), reject);
    if (timeout !== undefined) {
      const expired = (): void => {
        waiting.end();
        resolve(false);
      };
      waiting.timer = new Timer(milliseconds(timeout), options?.summary, expired, () => {});
      waiting.timer.begin();
    }
  });
}

/** A condition that has not come true yet. */
class Waiting implements Condition, CancelListener {
  /** Limits it. */
  timer: Timer | undefined;

  constructor(
    private readonly run: Run,
    private readonly scope: CancellationScope,
    readonly holds: () => boolean,
    private readonly cameTrue: () => void,
    private readonly failed: (error: unknown) => void,
  ) {
    run.conditions.add(this);
    scope.listen(this);
  }

  end(): void {
    this.run.conditions.delete(this);
    this.scope.unlisten(this);
  }

  resolve(): void {
    this.end();
    this.timer?.giveUp();
    this.cameTrue();
  }

  reject(error: unknown): void {
    this.end();
    this.timer?.giveUp();
    this.failed(error);
  }

  /** The timer is cancelled with the scope by itself. @internal */
  cancelWith(reason: Error): void {
    this.run.conditions.delete(this);
    this.failed(reason);
  }
}
