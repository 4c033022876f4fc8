/** `console` writes to the workflow's log. */

import { log, shown } from '../log.js';
import { define } from './define.js';

function writer(write: (message: string) => void): (...values: unknown[]) => void {
  return (...values) => write(values.map(shown).join(' '));
}

const info = writer(log.info);

define({
  console: {
    trace: writer(log.trace),
    debug: writer(log.debug),
    log: info,
    info,
    warn: writer(log.warn),
    error: writer(log.error),
    assert: (holds: unknown, ...values: unknown[]) => {
      if (!holds) {
        log.error(['Assertion failed', ...values.map(shown)].join(' '));
      }
    },
  },
});
