/** Names of signals, queries and updates with their types, and the types of their handlers. */

/* eslint-disable @typescript-eslint/no-explicit-any -- as wide as authors' functions are */

declare const argsBrand: unique symbol;
declare const retBrand: unique symbol;

/** Any workflow. */
export type Workflow = (...args: any[]) => Promise<any>;
export type WorkflowReturnType = Promise<any>;
export type WorkflowResultType<W extends Workflow> = ReturnType<W> extends Promise<infer R> ? R : never;

export interface SignalDefinition<Args extends any[] = [], Name extends string = string> {
  type: 'signal';
  name: Name;
  [argsBrand]: Args;
}

export interface QueryDefinition<Ret, Args extends any[] = [], Name extends string = string> {
  type: 'query';
  name: Name;
  [argsBrand]: Args;
  [retBrand]: Ret;
}

export interface UpdateDefinition<Ret, Args extends any[] = [], Name extends string = string> {
  type: 'update';
  name: Name;
  [argsBrand]: Args;
  [retBrand]: Ret;
}

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
