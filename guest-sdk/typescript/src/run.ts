/** The one run that this instance of the module carries. */

import type { CancellationScope } from './cancellation.js';
import type { Continuation, Encoded, Failure, RunInfo, Signal, Start, Update } from './contract.js';
import { setRootContext } from './context.js';
import { DeterminismViolationError, IllegalStateError } from './errors.js';
import type { Operation } from './operations.js';
import type { DefaultHandlers, QueryHandler, SignalHandler, UpdateHandler } from './handlers.js';

/** How a run ends. */
export type Outcome =
  | { tag: 'complete'; output: Encoded }
  | { tag: 'fail'; failure: Failure }
  | { tag: 'cancelled' }
  | { tag: 'continueAsNew'; continuation: Continuation }
  /** No end, but a bug. */
  | { tag: 'block'; failure: Failure };

export interface Condition {
  holds: () => boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** What may be asked for now. A question (a query, a validation) changes nothing. */
export type Mode = 'activation' | 'question';

export class Run {
  readonly workflowType: string;
  readonly info: RunInfo;
  historyLength = 0;
  historyBytes = 0;
  continueAsNewSuggested = false;
  mode: Mode = 'activation';
  outcome: Outcome | undefined;
  cancelRequested = false;
  currentDetails = '';

  /** The outermost one. */
  readonly scope: CancellationScope;
  /** Those that are not over, by their ids. */
  readonly operations = new Map<number, Operation>();
  readonly conditions = new Set<Condition>();
  /** Promises that were rejected, and nobody has taken it yet. */
  readonly rejections = new Map<object, unknown>();

  readonly signals = new Map<string, SignalHandler>();
  readonly queries = new Map<string, QueryHandler>();
  readonly updates = new Map<string, UpdateHandler>();
  readonly defaults: DefaultHandlers = {};
  /** Those for which there is no handler yet. */
  bufferedSignals: Signal[] = [];
  bufferedUpdates: Update[] = [];
  /** Signals and updates that are being handled, each with whether it may be left unfinished. */
  readonly unfinished = new Set<{ what: string; mayBeAbandoned: boolean }>();

  constructor(start: Start, scope: CancellationScope) {
    this.scope = scope;
    this.workflowType = start.workflowType;
    this.info = start.info;
  }

  /** Takes what an activation says of the run itself. */
  enter(historyLength: number, historyBytes: number, continueAsNewSuggested: boolean): void {
    this.mode = 'activation';
    this.historyLength = historyLength;
    this.historyBytes = historyBytes;
    this.continueAsNewSuggested = continueAsNewSuggested;
  }

  /** The first end counts. */
  end(outcome: Outcome): void {
    this.outcome ??= outcome;
  }

  /** Commands are mistakes while a question is answered. */
  assertMayCommand(): void {
    if (this.mode === 'question') {
      throw new IllegalStateError(
        'a query handler or an update validator may ask for nothing: no activity, timer, child or signal, and no change of memo or search attributes',
      );
    }
  }
}

let current: Run | undefined;

/** Makes a run the one of this instance. */
export function setCurrentRun(run: Run): void {
  current = run;
}

/** The run, if there is one: while a module is made, its code has none. */
export function tryCurrentRun(): Run | undefined {
  return current;
}

export function currentRun(): Run {
  if (current === undefined) {
    throw new IllegalStateError('this works only inside of a workflow, not at the top level of its module');
  }
  return current;
}

/** Is the code running in a workflow? */
export function inWorkflowContext(): boolean {
  return current !== undefined;
}

/** Refuses what would give another value at each build. */
export function assertInWorkflow(what: string): void {
  if (current === undefined) {
    throw new DeterminismViolationError(`${what} works only inside of a workflow, not at the top level of its module`);
  }
}

setRootContext(() => ({ scope: currentRun().scope }));
