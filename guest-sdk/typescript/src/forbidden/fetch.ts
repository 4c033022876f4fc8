/** Stands in for the global `fetch`: if it is in a bundle, somebody uses that. */

import { unavailable } from './unavailable.js';

export function fetch(): never {
  return unavailable('fetch');
}
