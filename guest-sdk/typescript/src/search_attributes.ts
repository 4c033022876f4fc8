/** What lists of workflows can be filtered by. */

import type { Encoded, Pairs } from './contract.js';
import { decode, encode, payloadOf } from './payloads.js';

export type SearchAttributeValue = string[] | number[] | boolean[] | Date[];
export type SearchAttributes = Record<string, SearchAttributeValue | Readonly<SearchAttributeValue> | undefined>;

export const SearchAttributeType = {
  TEXT: 'TEXT',
  KEYWORD: 'KEYWORD',
  INT: 'INT',
  DOUBLE: 'DOUBLE',
  BOOL: 'BOOL',
  DATETIME: 'DATETIME',
  KEYWORD_LIST: 'KEYWORD_LIST',
} as const;
export type SearchAttributeType = (typeof SearchAttributeType)[keyof typeof SearchAttributeType];

interface ValueOf {
  TEXT: string;
  KEYWORD: string;
  INT: number;
  DOUBLE: number;
  BOOL: boolean;
  DATETIME: Date;
  KEYWORD_LIST: string[];
}

/** As payloads name the types. */
const METADATA_TYPES: Record<SearchAttributeType, string> = {
  TEXT: 'Text',
  KEYWORD: 'Keyword',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
};

export interface SearchAttributeKey<T extends SearchAttributeType> {
  name: string;
  type: T;
}

export type SearchAttributePair = {
  [T in SearchAttributeType]: { key: SearchAttributeKey<T>; value: ValueOf[T] };
}[SearchAttributeType];

/** `null` removes the attribute. */
export type SearchAttributeUpdatePair = {
  [T in SearchAttributeType]: { key: SearchAttributeKey<T>; value: ValueOf[T] | null };
}[SearchAttributeType];

export function defineSearchAttributeKey<T extends SearchAttributeType>(name: string, type: T): SearchAttributeKey<T> {
  return { name, type };
}

/** Attributes with their types. */
export class TypedSearchAttributes {
  readonly #pairs = new Map<string, SearchAttributePair>();

  constructor(pairs: SearchAttributePair[] = []) {
    pairs.forEach((pair) => this.#pairs.set(pair.key.name, pair));
  }

  get<T extends SearchAttributeType>(key: SearchAttributeKey<T>): ValueOf[T] | undefined {
    const pair = this.#pairs.get(key.name);
    return pair?.key.type === key.type ? (pair.value as ValueOf[T]) : undefined;
  }

  getAll(): SearchAttributePair[] {
    return [...this.#pairs.values()];
  }

  copy(): TypedSearchAttributes {
    return new TypedSearchAttributes(this.getAll());
  }

  updateCopy(updates: SearchAttributeUpdatePair[]): TypedSearchAttributes {
    const copy = this.copy();
    for (const { key, value } of updates) {
      if (value === null) {
        copy.#pairs.delete(key.name);
      } else {
        copy.#pairs.set(key.name, { key, value } as SearchAttributePair);
      }
    }
    return copy;
  }

  toJSON(): SearchAttributePair[] {
    return this.getAll();
  }
}

/** Attributes as payloads, sorted by name; the typed ones go before the others. */
export function searchAttributePayloads(
  untyped: SearchAttributes | undefined,
  typed: SearchAttributeUpdatePair[] | TypedSearchAttributes | undefined,
): Pairs<Encoded> {
  const payloads = new Map<string, Encoded>();
  for (const [name, values] of Object.entries(untyped ?? {})) {
    payloads.set(name, untypedPayload(name, values));
  }
  const pairs = typed instanceof TypedSearchAttributes ? typed.getAll() : (typed ?? []);
  for (const { key, value } of pairs) {
    const payload = payloadOf(encode(value ?? undefined));
    payload.metadata.push(['type', METADATA_TYPES[key.type]]);
    payloads.set(key.name, payload);
  }
  return [...payloads].sort(([one], [other]) => (one < other ? -1 : 1));
}

function untypedPayload(name: string, values: unknown): Encoded {
  if (values === undefined || values === null || (Array.isArray(values) && values.length === 0)) {
    return encode(undefined);
  }
  if (!Array.isArray(values)) {
    throw new TypeError(`search attribute ${name}: the value must be an array, of one element for most types`);
  }
  return encode(values);
}

/** Attributes as workflows see them: arrays, and the typed ones that say their type. */
export function decodeSearchAttributes(payloads: Pairs<Encoded>): {
  untyped: SearchAttributes;
  typed: TypedSearchAttributes;
} {
  const untyped: SearchAttributes = {};
  const pairs: SearchAttributePair[] = [];
  for (const [name, payload] of payloads) {
    const value = decode<unknown>(payload);
    const named = typeof payload === 'string' ? undefined : payload.metadata.find(([key]) => key === 'type')?.[1];
    const type = Object.values(SearchAttributeType).find((it) => METADATA_TYPES[it] === named);
    const read = (one: unknown): unknown => (type === 'DATETIME' ? new Date(String(one)) : one);
    const values = (Array.isArray(value) ? value : [value]).map(read);
    untyped[name] = values as SearchAttributeValue;
    if (type !== undefined) {
      const typedValue = type === 'KEYWORD_LIST' ? values : values[0];
      pairs.push({ key: { name, type }, value: typedValue } as SearchAttributePair);
    }
  }
  return { untyped, typed: new TypedSearchAttributes(pairs) };
}
