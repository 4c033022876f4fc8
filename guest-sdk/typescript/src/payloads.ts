/** Values as payloads: `undefined` is `binary/null`, an `Uint8Array` is `binary/plain`, all else is JSON. */

import type { Pairs, Payload } from './contract.js';
import { ValueError } from './errors.js';
import { host } from './host.js';

const ENCODING = 'encoding';
const NULL = 'binary/null';
const PLAIN = 'binary/plain';
const JSON_PLAIN = 'json/plain';

const NO_BYTES = new Uint8Array(0);

/** Passes a payload through as it is, in either direction. */
export class RawValue<T = unknown> {
  declare private readonly type: T;
  #payload: Payload;

  constructor(value: T) {
    this.#payload = toPayload(value);
  }

  static fromPayload(payload: Payload): RawValue {
    const raw = new RawValue(undefined);
    raw.#payload = payload;
    return raw;
  }

  get payload(): Payload {
    return this.#payload;
  }
}

/** Encodes a value. What is no data (a function, a symbol, a cycle) throws a {@link ValueError}. */
export function toPayload(value: unknown): Payload {
  if (value === undefined) {
    return { metadata: [[ENCODING, NULL]], data: NO_BYTES };
  }
  if (value instanceof RawValue) {
    return value.payload;
  }
  if (value instanceof Uint8Array) {
    return { metadata: [[ENCODING, PLAIN]], data: value };
  }
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new ValueError(`Unable to convert ${describe(value)} to payload: ${String(error)}`, error);
  }
  if (text === undefined) {
    throw new ValueError(`Unable to convert ${describe(value)} to payload`);
  }
  return { metadata: [[ENCODING, JSON_PLAIN]], data: host.encodeText(text) };
}

/** Decodes a payload. What is not encoded as it says, or in a way that is not known, throws a {@link ValueError}. */
export function fromPayload<T>(payload: Payload): T {
  const encoding = payload.metadata.find(([name]) => name === ENCODING)?.[1];
  switch (encoding) {
    case JSON_PLAIN:
      return parse(payload.data) as T;
    case NULL:
      return undefined as T;
    case PLAIN:
      return payload.data as T;
    case undefined:
      throw new ValueError('Missing payload metadata `encoding`');
    default:
      throw new ValueError(`Unknown encoding: ${String(encoding)}`);
  }
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(host.decodeText(data, true));
  } catch (error) {
    throw new ValueError(`a payload says that it is JSON, and is not: ${String(error)}`, error);
  }
}

export function toPayloads(values: readonly unknown[]): Payload[] {
  return values.map(toPayload);
}

export function fromPayloads(payloads: readonly Payload[]): unknown[] {
  return payloads.map((payload) => fromPayload(payload));
}

/** The payloads of an object's properties, sorted by name. */
export function toPayloadMap(values: Record<string, unknown>): Pairs<Payload> {
  const names = Object.keys(values).sort();
  return names.map((name) => [name, toPayload(values[name])]);
}

export function fromPayloadMap(payloads: Pairs<Payload>): Record<string, unknown> {
  return Object.fromEntries(payloads.map(([name, payload]) => [name, fromPayload(payload)]));
}

/** A text beside an operation, if there is one. */
export function textPayload(text: string | undefined): Payload | undefined {
  return text === undefined ? undefined : toPayload(text);
}

function describe(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
}

/** What `@temporalio/common` calls a payload converter: the one that there is. */
export const defaultPayloadConverter = { toPayload, fromPayload };
export type PayloadConverter = typeof defaultPayloadConverter;
