/**
 * Cancellation scopes: a tree of regions of a workflow that are cancelled together.
 *
 * What runs within a scope (activities, timers, children, conditions, inner scopes) listens to it. A request to cancel the workflow cancels the root scope.
 */

import { currentContext, inContext } from './context.js';
import { type Duration, milliseconds } from './duration.js';
import { CancelledFailure } from './failures.js';
import { currentRun } from './run.js';
import { sleep } from './timers.js';

export interface CancellationScopeOptions {
  /** Cancels the scope after this time. */
  timeout?: Duration;
  /** If not, cancellation from outside does not reach what is within. */
  cancellable: boolean;
  /** The current one if there is none. */
  parent?: CancellationScope;
}

/** What is within a scope, and cancelled with it. */
export interface CancelListener {
  /** Told why, and in which words the host is to pass it on. */
  cancelWith(reason: Error, words: string): void;
}

export class CancellationScope implements CancelListener {
  protected readonly timeout: number | undefined;
  /** Does cancellation reach what is within? */
  readonly cancellable: boolean;
  readonly parent: CancellationScope | undefined;
  /** Rejects once cancellation is asked for, be the scope cancellable or not. */
  readonly cancelRequested: Promise<never>;
  readonly #reject: (reason: Error) => void;
  readonly #listeners = new Set<CancelListener>();
  #reason: Error | undefined;
  /** Why it is cancelled, if what is within is to be. @internal */
  reason: Error | undefined;

  constructor(options: CancellationScopeOptions = { cancellable: true }, isRoot = false) {
    let reject: (reason: Error) => void = () => {};
    this.cancelRequested = new Promise<never>((_, rejectPromise) => {
      reject = rejectPromise;
    });
    // Nobody need wait for it.
    this.cancelRequested.catch(() => {});
    this.#reject = reject;
    this.timeout = options.timeout === undefined ? undefined : milliseconds(options.timeout);
    this.cancellable = options.cancellable;
    this.parent = isRoot ? undefined : (options.parent ?? CancellationScope.current());
    this.parent?.listen(this);
  }

  /** Is what is within to be cancelled? */
  get consideredCancelled(): boolean {
    return this.reason !== undefined;
  }

  /** Calls `fn` within the scope. */
  run<T>(fn: () => Promise<T>): Promise<T> {
    return inContext({ ...currentContext(), scope: this }, async () => {
      const { timeout } = this;
      if (timeout === undefined) {
        return await fn();
      }
      const timer = new CancellationScope({ cancellable: true, parent: this });
      const expired = timer.run(() => sleep(timeout));
      expired.then(
        () => this.cancel(),
        () => {},
      );
      try {
        return await fn();
      } finally {
        timer.cancel();
      }
    });
  }

  /** Asks all that is within to cancel. */
  cancel(): void {
    this.cancelWith(new CancelledFailure('Cancellation scope cancelled'));
  }

  /** @internal */
  cancelWith(reason: Error, words = reason.message): void {
    if (this.#reason !== undefined) {
      return;
    }
    this.#reason = reason;
    this.#reject(reason);
    if (this.cancellable) {
      this.reason = reason;
      const listeners = [...this.#listeners];
      this.#listeners.clear();
      listeners.forEach((listener) => listener.cancelWith(reason, words));
    }
  }

  /** Tells the listener once this is cancelled, or at once if it is already, unless it is not cancellable. @internal */
  listen(listener: CancelListener): void {
    if (this.reason !== undefined) {
      listener.cancelWith(this.reason, this.reason.message);
    } else {
      this.#listeners.add(listener);
    }
  }

  /** @internal */
  unlisten(listener: CancelListener): void {
    this.#listeners.delete(listener);
  }

  /** The scope that the code runs in. */
  static current(): CancellationScope {
    return currentContext()?.scope ?? currentRun().scope;
  }

  /** `new CancellationScope({ cancellable: true }).run(fn)` */
  static cancellable<T>(fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: true }).run(fn);
  }

  /** `new CancellationScope({ cancellable: false }).run(fn)` */
  static nonCancellable<T>(fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: false }).run(fn);
  }

  /** `new CancellationScope({ cancellable: true, timeout }).run(fn)` */
  static withTimeout<T>(timeout: Duration, fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: true, timeout }).run(fn);
  }
}
