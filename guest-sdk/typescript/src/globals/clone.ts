/** `structuredClone`: the HTML standard's algorithm, for what there is here. */

import { define } from './define.js';

const TYPED_ARRAYS = Object.getPrototypeOf(Uint8Array) as new () => object;

class DataCloneError extends Error {
  override name = 'DataCloneError';
}

function structuredClone<T>(value: T): T {
  return clone(value, new Map()) as T;
}

function clone(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new DataCloneError(`${String(value)} could not be cloned.`);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (seen.has(value)) {
    return seen.get(value);
  }
  const copy = shell(value, seen);
  seen.set(value, copy);
  if (value instanceof Map) {
    value.forEach((item, key) => (copy as Map<unknown, unknown>).set(clone(key, seen), clone(item, seen)));
  } else if (value instanceof Set) {
    value.forEach((item) => (copy as Set<unknown>).add(clone(item, seen)));
  } else if (Array.isArray(value) || isPlain(value)) {
    for (const key of Object.keys(value)) {
      (copy as Record<string, unknown>)[key] = clone((value as Record<string, unknown>)[key], seen);
    }
  }
  return copy;
}

/** What the copy is, before what it holds is copied, since that may lead back to it. */
function shell(value: object, seen: Map<object, unknown>): object {
  if (Array.isArray(value)) {
    return new Array(value.length);
  }
  if (value instanceof Map) {
    return new Map();
  }
  if (value instanceof Set) {
    return new Set();
  }
  if (value instanceof Date) {
    return new Date(value.getTime());
  }
  if (value instanceof RegExp) {
    return new RegExp(value.source, value.flags);
  }
  if (value instanceof ArrayBuffer) {
    return value.slice(0);
  }
  if (ArrayBuffer.isView(value)) {
    return cloneView(value, seen);
  }
  if (value instanceof Error) {
    return cloneError(value, seen);
  }
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return Object(value.valueOf()) as object;
  }
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) {
    throw new DataCloneError(`${Object.prototype.toString.call(value)} could not be cloned.`);
  }
  return {};
}

function cloneView(view: ArrayBufferView, seen: Map<object, unknown>): object {
  const buffer = clone(view.buffer, seen) as ArrayBuffer;
  if (!(view instanceof TYPED_ARRAYS)) {
    return new DataView(buffer, view.byteOffset, view.byteLength);
  }
  const typed = view as Uint8Array;
  const constructor = typed.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => object;
  return new constructor(buffer, typed.byteOffset, typed.length);
}

function cloneError(error: Error, seen: Map<object, unknown>): Error {
  const copy = new Error(error.message);
  Object.defineProperty(copy, 'name', { value: error.name, configurable: true, writable: true });
  Object.defineProperty(copy, 'stack', { value: error.stack, configurable: true, writable: true });
  if (error.cause !== undefined) {
    Object.defineProperty(copy, 'cause', { value: clone(error.cause, seen), configurable: true, writable: true });
  }
  return copy;
}

/** Objects of classes are copied as plain ones, by their own properties. */
function isPlain(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

define({ structuredClone });
