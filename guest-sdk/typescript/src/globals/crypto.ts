/** Chance by the run's seed. It is not for secrets. */

import { random, uuid4 } from '../random.js';
import { define } from './define.js';

function getRandomValues<T extends ArrayBufferView>(array: T): T {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Math.floor(random() * 256);
  }
  return array;
}

Math.random = random;
define({ crypto: { randomUUID: uuid4, getRandomValues } });
