/** What people and tools see of a run from outside. */

import type { Encoded, Pairs } from './contract.js';
import { host } from './host.js';
import { encode, isNull } from './payloads.js';
import { currentRun } from './run.js';
import { type SearchAttributes, type SearchAttributeUpdatePair, searchAttributePayloads } from './search_attributes.js';

/** Sets search attributes; an empty array, or a typed `null`, removes one. */
export function upsertSearchAttributes(attributes: SearchAttributes | SearchAttributeUpdatePair[]): void {
  const run = currentRun();
  run.assertMayCommand();
  if (attributes === undefined || attributes === null) {
    throw new TypeError('searchAttributes must be a non-null SearchAttributes');
  }
  const payloads = Array.isArray(attributes)
    ? searchAttributePayloads(undefined, attributes)
    : searchAttributePayloads(attributes, undefined);
  host.upsertSearchAttributes(payloads);
  run.info.searchAttributes = merged(run.info.searchAttributes, payloads);
}

/** Sets values of the memo; `undefined` or `null` removes one. */
export function upsertMemo(memo: Record<string, unknown>): void {
  const run = currentRun();
  run.assertMayCommand();
  if (memo === undefined || memo === null) {
    throw new TypeError('memo must be a non-null object');
  }
  const names = Object.keys(memo).sort();
  const payloads = names.map((name): [string, Encoded] => [name, encode(memo[name] ?? undefined)]);
  host.upsertMemo(payloads);
  run.info.memo = merged(run.info.memo, payloads);
}

/** A text about the present state, in Markdown. */
export function setCurrentDetails(details: string): void {
  currentRun().currentDetails = details;
  host.setCurrentDetails(details);
}

export function getCurrentDetails(): string {
  return currentRun().currentDetails;
}

type PayloadMap = Pairs<Encoded>;

function merged(before: PayloadMap, changes: PayloadMap): PayloadMap {
  const all = new Map([...before, ...changes]);
  return [...all].filter(([, payload]) => !isNull(payload));
}
