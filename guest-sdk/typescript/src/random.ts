/** Chance that repeats itself in a replay. */

import { host } from './host.js';
import { assertInWorkflow } from './run.js';

/** A random UUID (version 4). */
export function uuid4(): string {
  assertInWorkflow('uuid4');
  return host.uuid4();
}

/** In 0..1. */
export function random(): number {
  assertInWorkflow('Math.random');
  return host.random();
}
