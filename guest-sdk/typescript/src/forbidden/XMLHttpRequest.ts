/** Stands in for the global `XMLHttpRequest`: if it is in a bundle, somebody uses that. */

import { unavailable } from './unavailable.js';

export function XMLHttpRequest(): never {
  return unavailable('XMLHttpRequest');
}
