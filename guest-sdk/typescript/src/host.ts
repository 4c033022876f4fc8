/** What the runtime offers: one function for each import of the contract, and what JavaScript cannot do by itself. The twin of `runtime-src/src/host.rs`. */

import type { Context } from './context.js';
import type {
  ActivitySettings,
  ChildCommand,
  Continuation,
  Encoded,
  Failure,
  LogLevel,
  Pairs,
  Target,
} from './contract.js';

export interface Host {
  /** What belongs to the chain of promises whose code runs; nothing at its root. */
  currentContext(): Context | undefined;
  inContext<T>(context: Context | undefined, enter: () => T): T;
  /** Reads how activities are to be called, once for as many as are called so. */
  activityOptions(settings: ActivitySettings): ActivityOptionsInHost;
  scheduleActivity(options: ActivityOptionsInHost, activityType: string, input: Encoded[]): number;
  startTimer(after: number, summary: Encoded | undefined): number;
  startChild(child: ChildCommand): number;
  signalExternal(target: Target, name: string, input: Encoded[], headers: Pairs<Encoded>): number;
  cancelExternal(target: Target, reason: string): number;
  cancelOperation(operation: number, reason: string): void;
  completeUpdate(id: string, output: Encoded): void;
  failUpdate(id: string, failure: Failure): void;
  complete(output: Encoded): void;
  fail(failure: Failure): void;
  cancelled(details: Encoded[]): void;
  continueAsNew(continuation: Continuation): void;
  /** Does not return. */
  block(failure: Failure): never;
  patched(id: string, deprecated: boolean): boolean;
  upsertSearchAttributes(attributes: Pairs<Encoded>): void;
  upsertMemo(memo: Pairs<Encoded>): void;
  setCurrentDetails(details: string): void;
  log(level: LogLevel, message: string, fields: Pairs<string>): void;
  /** In 0..1, by the run's seed. */
  random(): number;
  /** By the run's seed. */
  uuid4(): string;
  /** UTF-8 of a well-formed string. */
  encodeText(text: string): Uint8Array;
  decodeText(bytes: Uint8Array, fatal: boolean): string;
  /** Puts the author's files and lines into a stack trace in place of the bundle's. */
  mapStack(stack: string): string;
  /** Nothing if it is no URL. */
  parseUrl(url: string, base: string | undefined): UrlParts | undefined | null;
  /** The URL with one part changed; unchanged if it cannot be. */
  changeUrl(url: string, part: keyof UrlParts, value: string): UrlParts;
  /** Pairs of `application/x-www-form-urlencoded`. */
  parseQuery(query: string): Pairs<string>;
  formatQuery(pairs: Pairs<string>): string;
}

declare const inHost: unique symbol;
export interface ActivityOptionsInHost {
  [inHost]: true;
}

/** The parts of a URL, as the URL standard names them. */
export interface UrlParts {
  href: string;
  origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
}

const runtime = (globalThis as unknown as { __mainspring?: Host }).__mainspring;

/** Is this a module? If not, a client has loaded a file of workflows for the names that it defines. */
export const isModule = runtime !== undefined;

export const host: Host = runtime ?? ({ activityOptions: () => ({}) } as unknown as Host);

/** The text with every half of a surrogate pair that stands alone replaced: what the contract can carry. */
export function wellFormed(text: string): string {
  return (text as unknown as { toWellFormed(): string }).toWellFormed();
}
