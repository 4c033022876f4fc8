/** Stands in for the global `WebSocket`: if it is in a bundle, somebody uses that. */

import { unavailable } from './unavailable.js';

export function WebSocket(): never {
  return unavailable('WebSocket');
}
