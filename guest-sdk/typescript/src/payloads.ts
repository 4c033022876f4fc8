/** Values as payloads: `undefined` is `binary/null`, an `Uint8Array` is `binary/plain`, all else is JSON. */

import type { Encoded, Pairs, Payload } from './contract.js';
import { ValueError } from './errors.js';
import { host } from './host.js';

export type { Encoded } from './contract.js';

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
export function encode(value: unknown): Encoded {
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
  return text;
}

/** Decodes a value. What is not encoded as it says, or in a way that is not known, throws a {@link ValueError}. */
export function decode<T>(encoded: Encoded): T {
  if (typeof encoded === 'string') {
    return parse(encoded) as T;
  }
  const encoding = encoded.metadata.find(([name]) => name === ENCODING)?.[1];
  switch (encoding) {
    case JSON_PLAIN:
      return parse(text(encoded.data)) as T;
    case NULL:
      return undefined as T;
    case PLAIN:
      return encoded.data as T;
    case undefined:
      throw new ValueError('Missing payload metadata `encoding`');
    default:
      throw new ValueError(`Unknown encoding: ${String(encoding)}`);
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ValueError(`a payload says that it is JSON, and is not: ${String(error)}`, error);
  }
}

function text(data: Uint8Array): string {
  try {
    return host.decodeText(data, true);
  } catch (error) {
    throw new ValueError(`a payload says that it is JSON, and is not: ${String(error)}`, error);
  }
}

export function encodeAll(values: readonly unknown[]): Encoded[] {
  return values.map(encode);
}

export function decodeAll(encoded: readonly Encoded[]): unknown[] {
  return encoded.map((one) => decode(one));
}

/** An object's properties, encoded and sorted by name. */
export function encodeProperties(values: Record<string, unknown>): Pairs<Encoded> {
  const names = Object.keys(values).sort();
  return names.map((name) => [name, encode(values[name])]);
}

export function decodeProperties(encoded: Pairs<Encoded>): Record<string, unknown> {
  return Object.fromEntries(encoded.map(([name, value]) => [name, decode(value)]));
}

/** A text beside an operation, if there is one. */
export function encodeText(text: string | undefined): Encoded | undefined {
  return text === undefined ? undefined : encode(text);
}

/** Is it the encoding of `undefined`? */
export function isNull(encoded: Encoded): boolean {
  return typeof encoded !== 'string' && encoded.metadata[0]?.[1] === NULL;
}

/** With its metadata, whatever it is. */
export function payloadOf(encoded: Encoded): Payload {
  return typeof encoded === 'string'
    ? { metadata: [[ENCODING, JSON_PLAIN]], data: host.encodeText(encoded) }
    : encoded;
}

function toPayload(value: unknown): Payload {
  return payloadOf(encode(value));
}

function describe(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
}

/** What `@temporalio/common` calls a payload converter: the one that there is. */
export const defaultPayloadConverter = {
  toPayload,
  fromPayload: <T>(payload: Payload): T => decode(payload),
};
export type PayloadConverter = typeof defaultPayloadConverter;
