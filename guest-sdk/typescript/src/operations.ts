/** Operations in the host's hands: activities, timers, children, messages to other workflows. */

import type { CancelListener, CancellationScope } from './cancellation.js';
import type { Execution } from './contract.js';
import { currentContext } from './context.js';
import { host } from './host.js';
import { decode, type Encoded } from './payloads.js';
import { currentRun, type Run } from './run.js';

/**
 * One operation, from when the host is asked until it has told the outcome, which settles a promise. It listens to the scope that it was begun in.
 *
 * There is one for each step of a workflow, so calls are few here, and fields are only declared: they are set once, when their values are known.
 */
export abstract class Operation implements CancelListener {
  /** The host's name for it. */
  protected declare id: number;
  protected declare run: Run;
  private declare scope: CancellationScope;
  protected declare readonly resolve: (value: never) => void;
  protected declare readonly reject: (reason: unknown) => void;

  constructor(resolve: (value: never) => void, reject: (reason: unknown) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Asks the host, which names the operation. */
  protected abstract ask(): number;

  /** The host has done what it was asked. */
  completed(output: Encoded | undefined): void {
    let value;
    try {
      value = output === undefined ? undefined : decode<never>(output);
    } catch (error) {
      this.reject(error);
      return;
    }
    this.resolve(value as never);
  }

  /** The host could not; or it was never asked, since the scope was cancelled before. */
  failed(error: Error): void {
    this.reject(error);
  }

  /** It has begun, of those that say so. */
  began?(execution: Execution): void;
  /** It has not, since another one of that name is there. */
  alreadyStarted?(): void;

  /** Begins it in the current scope. */
  begin(): void {
    const run = currentRun();
    const scope = currentContext()?.scope ?? run.scope;
    const { reason } = scope;
    if (reason !== undefined) {
      this.failed(reason);
      return;
    }
    // A workflow that is over asks for nothing more, and what still waits in it is never woken.
    if (run.outcome !== undefined) {
      return;
    }
    if (run.mode === 'question') {
      run.assertMayCommand();
    }
    const id = this.ask();
    this.id = id;
    this.run = run;
    this.scope = scope;
    run.operations.set(id, this);
    scope.listen(this);
  }

  /** Nothing more is heard of it. */
  end(): void {
    this.run.operations.delete(this.id);
    this.scope.unlisten(this);
  }

  /** @internal */
  cancelWith(_: Error, words: string): void {
    if (this.run.outcome === undefined) {
      host.cancelOperation(this.id, words);
    }
  }
}
