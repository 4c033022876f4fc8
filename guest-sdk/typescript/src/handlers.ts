/** What a workflow answers to. */

/* eslint-disable @typescript-eslint/no-explicit-any -- as wide as authors' functions are */

import type { Encoded, Signal, Update } from './contract.js';
import { inContext } from './context.js';
import {
  type DefaultQueryHandler,
  type DefaultSignalHandler,
  type DefaultUpdateHandler,
  type Handler,
  HandlerUnfinishedPolicy,
  type QueryDefinition,
  type QueryHandlerOptions,
  type SignalDefinition,
  type SignalHandlerOptions,
  type UpdateDefinition,
  type UpdateHandlerOptions,
} from './definitions.js';
import { failureOf } from './failure_layers.js';
import { TemporalFailure } from './failures.js';
import { host } from './host.js';
import { metadataOf, workflowMetadataQuery } from './metadata.js';
import { endWithError } from './outcome.js';
import { decodeAll, encode } from './payloads.js';
import { currentRun, type Run } from './run.js';

export interface SignalHandler extends SignalHandlerOptions {
  handler: (...args: any[]) => unknown;
}

export interface QueryHandler extends QueryHandlerOptions {
  handler: (...args: any[]) => unknown;
}

export interface UpdateHandler extends UpdateHandlerOptions<any[]> {
  handler: (...args: any[]) => unknown;
}

/** Those that take every name that no other handler has. */
export interface DefaultHandlers {
  signal?: DefaultSignalHandler | undefined;
  query?: DefaultQueryHandler | undefined;
  update?: DefaultUpdateHandler | undefined;
}

/** Sets the handler of a signal, a query or an update; without a handler, takes it away. What came before a handler was there is handled at once. */
export function setHandler<Ret, Args extends any[], T extends QueryDefinition<Ret, Args>>(
  def: T,
  handler: Handler<Ret, Args, T> | undefined,
  options?: QueryHandlerOptions,
): void;
export function setHandler<Ret, Args extends any[], T extends SignalDefinition<Args>>(
  def: T,
  handler: Handler<Ret, Args, T> | undefined,
  options?: SignalHandlerOptions,
): void;
export function setHandler<Ret, Args extends any[], T extends UpdateDefinition<Ret, Args>>(
  def: T,
  handler: Handler<Ret, Args, T> | undefined,
  options?: UpdateHandlerOptions<Args>,
): void;
export function setHandler(
  def: { type: 'signal' | 'query' | 'update'; name: string },
  handler: ((...args: any[]) => unknown) | undefined,
  options?: UpdateHandlerOptions<any[]>,
): void {
  const run = currentRun();
  if (handler !== undefined && typeof handler !== 'function') {
    throw new TypeError(`Expected handler to be either a function or 'undefined'. Got: '${typeof handler}'`);
  }
  const handlers = { signal: run.signals, query: run.queries, update: run.updates }[def?.type];
  if (handlers === undefined) {
    throw new TypeError(`Invalid definition type: ${String(def?.type)}`);
  }
  if (handler === undefined) {
    handlers.delete(def.name);
    return;
  }
  handlers.set(def.name, { ...options, handler });
  deliverBuffered(run);
}

/** Sets the handler of signals that have none of their own. */
export function setDefaultSignalHandler(handler: DefaultSignalHandler | undefined): void {
  setDefault('signal', handler);
}

/** Sets the handler of queries that have none of their own. */
export function setDefaultQueryHandler(handler: DefaultQueryHandler | undefined): void {
  setDefault('query', handler);
}

/** Sets the handler of updates that have none of their own. */
export function setDefaultUpdateHandler(handler: DefaultUpdateHandler | undefined): void {
  setDefault('update', handler);
}

function setDefault<K extends keyof DefaultHandlers>(kind: K, handler: DefaultHandlers[K]): void {
  if (handler !== undefined && typeof handler !== 'function') {
    throw new TypeError(`Expected handler to be either a function or 'undefined'. Got: '${typeof handler}'`);
  }
  const run = currentRun();
  run.defaults[kind] = handler;
  deliverBuffered(run);
}

/** Is no signal and no update being handled? */
export function allHandlersFinished(): boolean {
  return currentRun().unfinished.size === 0;
}

function deliverBuffered(run: Run): void {
  const signals = run.bufferedSignals;
  run.bufferedSignals = [];
  signals.forEach((signal) => receiveSignal(run, signal));
  const updates = run.bufferedUpdates;
  run.bufferedUpdates = [];
  updates.forEach((update) => receiveUpdate(run, update));
}

/** Handles a signal, or keeps it until there is a handler. */
export function receiveSignal(run: Run, signal: Signal): void {
  const own = run.signals.get(signal.name);
  const other = run.defaults.signal;
  if (own === undefined && other === undefined) {
    run.bufferedSignals.push(signal);
    return;
  }
  const handle = async (): Promise<unknown> => {
    const args = decodeAll(signal.input);
    return own === undefined ? other?.(signal.name, ...args) : own.handler(...args);
  };
  track(run, `signal ${signal.name}`, own?.unfinishedPolicy, handle).catch((error) => endWithError(run, error));
}

/** Handles an update that was accepted, or keeps it until there is a handler. */
export function receiveUpdate(run: Run, update: Update): void {
  const own = run.updates.get(update.name);
  const other = run.defaults.update;
  if (own === undefined && other === undefined) {
    run.bufferedUpdates.push(update);
    return;
  }
  const handle = async (): Promise<Encoded> => {
    const args = decodeAll(update.input);
    return encode(await (own === undefined ? other?.(update.name, ...args) : own.handler(...args)));
  };
  const context = { scope: run.scope, update: { id: update.id, name: update.name } };
  inContext(context, () => track(run, `update ${update.name}`, own?.unfinishedPolicy, handle)).then(
    (output) => host.completeUpdate(update.id, output),
    (error) => {
      if (error instanceof TemporalFailure) {
        host.failUpdate(update.id, failureOf(error));
      } else {
        endWithError(run, error);
      }
    },
  );
}

/** Answers updates that no handler took. */
export function refuseBufferedUpdates(run: Run): void {
  for (const update of run.bufferedUpdates) {
    host.failUpdate(update.id, failureOf(unknownHandler('update', update.name, run.updates)));
  }
  run.bufferedUpdates = [];
}

async function track<T>(
  run: Run,
  what: string,
  policy: HandlerUnfinishedPolicy | undefined,
  handle: () => Promise<T>,
): Promise<T> {
  const handling = { what, mayBeAbandoned: policy === HandlerUnfinishedPolicy.ABANDON };
  run.unfinished.add(handling);
  try {
    return await handle();
  } finally {
    run.unfinished.delete(handling);
  }
}

/** Answers a query. */
export function answerQuery(run: Run, name: string, input: Encoded[]): Encoded {
  if (name === workflowMetadataQuery.name) {
    return encode(metadataOf(run));
  }
  const own = run.queries.get(name);
  const other = run.defaults.query;
  if (own === undefined && other === undefined) {
    throw unknownHandler('query', name, run.queries);
  }
  const args = decodeAll(input);
  const answer = own === undefined ? other?.(name, ...args) : own.handler(...args);
  if (answer instanceof Promise) {
    throw new TypeError(`Query handlers should not return a Promise: ${name}`);
  }
  return encode(answer);
}

/** Throws unless the update is acceptable. */
export function validateUpdate(run: Run, update: Update): void {
  const own = run.updates.get(update.name);
  if (own === undefined && run.defaults.update === undefined) {
    throw unknownHandler('update', update.name, run.updates);
  }
  const args = decodeAll(update.input);
  const context = { scope: run.scope, update: { id: update.id, name: update.name } };
  inContext(context, () => own?.validator?.(...args));
}

function unknownHandler(kind: 'query' | 'update', name: string, known: ReadonlyMap<string, unknown>): ReferenceError {
  const names = [...known.keys()].join(' ');
  const plural = { query: 'queries', update: 'updates' }[kind];
  return new ReferenceError(`Workflow did not register a handler for ${name}. Registered ${plural}: [${names}]`);
}
