/**
 * What belongs to a chain of promises and not to the whole run: the cancellation scope and the update that is being handled.
 *
 * QuickJS does not say which chain a job belongs to. So `then` notes the context in which it was called, and its callbacks run in that. The engine's own `await` calls no `then`: the builder has esbuild write `async` functions as generators, and the runtime (`runtime-src/src/context.js`, which also holds the context) drives these.
 * Nearly all code runs in the root context, which is the absence of one, and pays nothing.
 */

import type { CancellationScope } from './cancellation.js';
import { host, isModule } from './host.js';
import type { UpdateInfo } from './info.js';

export interface Context {
  readonly scope: CancellationScope;
  readonly update?: UpdateInfo | undefined;
  readonly stores?: ReadonlyMap<object, unknown> | undefined;
}

/** The context of the code that runs; `undefined` is the root. */
export const currentContext: () => Context | undefined = host.currentContext;

/** Calls `enter` in the context. */
export const inContext: <T>(context: Context | undefined, enter: () => T) => T = host.inContext;

type Callback = ((value: unknown) => unknown) | null | undefined;

const nativeThen = Promise.prototype.then;

function bound(context: Context, callback: Callback): Callback {
  if (typeof callback !== 'function') {
    return callback;
  }
  return (value) => inContext(context, () => callback(value));
}

function then(this: Promise<unknown>, onFulfilled?: Callback, onRejected?: Callback): Promise<unknown> {
  const context = currentContext();
  if (context === undefined) {
    return nativeThen.call(this, onFulfilled, onRejected);
  }
  return nativeThen.call(this, bound(context, onFulfilled), bound(context, onRejected));
}

if (isModule) {
  Object.defineProperty(Promise.prototype, 'then', { configurable: true, writable: true, value: then });
}

/** Values that follow a chain of promises: Node.js's class, as far as workflows use it. */
export class AsyncLocalStorage<T> {
  /** Calls `callback` with the value in place, for it and for all that it begins. */
  run<R, A extends unknown[]>(store: T, callback: (...args: A) => R, ...args: A): R {
    const stores = new Map(currentContext()?.stores);
    stores.set(this, store);
    return inContext({ ...rootContext(), ...currentContext(), stores }, () => callback(...args));
  }

  /** The value in place. */
  getStore(): T | undefined {
    return currentContext()?.stores?.get(this) as T | undefined;
  }
}

let rootContext: () => Context = () => {
  throw new Error('there is no workflow here');
};

/** Says what the root context is, once there is a run. */
export function setRootContext(root: () => Context): void {
  rootContext = root;
}
