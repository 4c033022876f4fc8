/** What a workflow cannot have, told in words that say what to do instead. */

import { DeterminismViolationError } from '../errors.js';
import { unavailable } from '../forbidden/unavailable.js';
import { define } from './define.js';

function missing(name: string, advice: string): () => never {
  // Some are called with `new`, which no arrow function can be.
  return function () {
    throw new DeterminismViolationError(`${name} is not available in a workflow: ${advice}`);
  };
}

const COLLECTED = 'when memory is collected is not repeated by a replay';

define({
  fetch: () => unavailable('fetch'),
  XMLHttpRequest: function () {
    unavailable('XMLHttpRequest');
  },
  WebSocket: function () {
    unavailable('WebSocket');
  },
  require: missing('require', 'import at the top of the module'),
  setInterval: missing('setInterval', 'wait in a loop with `sleep`'),
  setImmediate: missing('setImmediate', 'use `setTimeout`, or `queueMicrotask`'),
  WeakRef: missing('WeakRef', COLLECTED),
  FinalizationRegistry: missing('FinalizationRegistry', COLLECTED),
});
