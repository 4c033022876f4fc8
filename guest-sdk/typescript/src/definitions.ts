/** Names of signals, queries and updates with their types, and the types of their handlers. */

/* eslint-disable @typescript-eslint/no-explicit-any -- as wide as authors' functions are */

// What `@temporalio/client` takes for a definition has marks that only `@temporalio/common` can make. So where a project has
// that package, these types are its own, and a client may hand over what a file of workflows defines.
// @ts-ignore: where it has not, they are ours.
import type * as temporal from '@temporalio/common';

/** Any workflow. */
export type Workflow = (...args: any[]) => Promise<any>;
export type WorkflowReturnType = Promise<any>;
/** Any handler of a signal. */
export type WorkflowSignalType = (...args: any[]) => Promise<void> | void;
/** Any handler of a query. */
export type WorkflowQueryType = (...args: any[]) => any;
export type WorkflowResultType<W extends Workflow> = ReturnType<W> extends Promise<infer R> ? R : never;

/** What is not there could have any property. */
type HasTemporal = string extends keyof temporal.SignalDefinition ? false : true;

declare const argsMark: unique symbol;
declare const retMark: unique symbol;

interface OurSignalDefinition<Args extends any[], Name extends string> {
  type: 'signal';
  name: Name;
  [argsMark]: Args;
}

interface OurQueryDefinition<Ret, Args extends any[], Name extends string> {
  type: 'query';
  name: Name;
  [argsMark]: Args;
  [retMark]: Ret;
}

interface OurUpdateDefinition<Ret, Args extends any[], Name extends string> {
  type: 'update';
  name: Name;
  [argsMark]: Args;
  [retMark]: Ret;
}

export type SignalDefinition<Args extends any[] = [], Name extends string = string> = HasTemporal extends true
  ? temporal.SignalDefinition<Args, Name>
  : OurSignalDefinition<Args, Name>;

export type QueryDefinition<Ret, Args extends any[] = [], Name extends string = string> = HasTemporal extends true
  ? temporal.QueryDefinition<Ret, Args, Name>
  : OurQueryDefinition<Ret, Args, Name>;

export type UpdateDefinition<Ret, Args extends any[] = [], Name extends string = string> = HasTemporal extends true
  ? temporal.UpdateDefinition<Ret, Args, Name>
  : OurUpdateDefinition<Ret, Args, Name>;

export function defineSignal<Args extends any[] = [], Name extends string = string>(
  name: Name,
): SignalDefinition<Args, Name> {
  return { type: 'signal', name } as SignalDefinition<Args, Name>;
}

export function defineQuery<Ret, Args extends any[] = [], Name extends string = string>(
  name: Name,
): QueryDefinition<Ret, Args, Name> {
  return { type: 'query', name } as QueryDefinition<Ret, Args, Name>;
}

export function defineUpdate<Ret, Args extends any[] = [], Name extends string = string>(
  name: Name,
): UpdateDefinition<Ret, Args, Name> {
  return { type: 'update', name } as UpdateDefinition<Ret, Args, Name>;
}

/** What a workflow that ends may do with handlers that are not through. */
export const HandlerUnfinishedPolicy = {
  /** Say so in the log. */
  WARN_AND_ABANDON: 'WARN_AND_ABANDON',
  /** Leave them. */
  ABANDON: 'ABANDON',
} as const;
export type HandlerUnfinishedPolicy = (typeof HandlerUnfinishedPolicy)[keyof typeof HandlerUnfinishedPolicy];

/** The function that handles a signal, a query or an update. */
export type Handler<
  Ret,
  Args extends any[],
  T extends UpdateDefinition<Ret, Args> | QueryDefinition<Ret, Args> | SignalDefinition<Args>,
> =
  T extends UpdateDefinition<infer R, infer A> ? (...args: A) => R | Promise<R>
  : T extends QueryDefinition<infer R, infer A> ? (...args: A) => R
  : T extends SignalDefinition<infer A> ? (...args: A) => void | Promise<void>
  : never;

export interface QueryHandlerOptions {
  description?: string;
}

export interface SignalHandlerOptions {
  description?: string;
  unfinishedPolicy?: HandlerUnfinishedPolicy;
}

export interface UpdateHandlerOptions<Args extends any[]> {
  /** Throws if the update is not acceptable in the present state. May change nothing. */
  validator?: (...args: Args) => void;
  description?: string;
  unfinishedPolicy?: HandlerUnfinishedPolicy;
}

export type DefaultSignalHandler = (signalName: string, ...args: unknown[]) => void | Promise<void>;
export type DefaultQueryHandler = (queryName: string, ...args: any[]) => unknown;
export type DefaultUpdateHandler = (updateName: string, ...args: any[]) => Promise<unknown> | unknown;
