/** `AbortController`, with as much of events as it needs. */

import { Timer } from '../timers.js';
import { define } from './define.js';

type Listener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown };

class Event {
  target: EventTarget | null = null;
  defaultPrevented = false;

  constructor(readonly type: string) {}

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

class EventTarget {
  readonly #listeners = new Map<string, Map<Listener, boolean>>();

  addEventListener(type: string, listener: Listener | null, options?: boolean | { once?: boolean }): void {
    if (listener === null) {
      return;
    }
    const listeners = this.#listeners.get(type) ?? new Map<Listener, boolean>();
    this.#listeners.set(type, listeners);
    if (!listeners.has(listener)) {
      listeners.set(listener, typeof options === 'object' && options.once === true);
    }
  }

  removeEventListener(type: string, listener: Listener | null): void {
    if (listener !== null) {
      this.#listeners.get(type)?.delete(listener);
    }
  }

  dispatchEvent(event: Event): boolean {
    event.target = this;
    const listeners = this.#listeners.get(event.type);
    for (const [listener, once] of [...(listeners ?? [])]) {
      if (once) {
        listeners?.delete(listener);
      }
      if (typeof listener === 'function') {
        listener.call(this, event);
      } else {
        listener.handleEvent(event);
      }
    }
    return !event.defaultPrevented;
  }
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

class AbortSignal extends EventTarget {
  aborted = false;
  reason: unknown;
  onabort: ((event: Event) => unknown) | null = null;

  throwIfAborted(): void {
    if (this.aborted) {
      throw this.reason;
    }
  }

  static abort(reason?: unknown): AbortSignal {
    const controller = new AbortController();
    controller.abort(reason);
    return controller.signal;
  }

  /** Aborts after a durable timer. */
  static timeout(after: number): AbortSignal {
    const controller = new AbortController();
    const expired = (): void => controller.abort(named('TimeoutError', 'The operation was aborted due to timeout'));
    new Timer(after, undefined, expired, () => {}).begin();
    return controller.signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const controller = new AbortController();
    for (const signal of signals) {
      if (signal.aborted) {
        controller.abort(signal.reason);
      } else {
        signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
      }
    }
    return controller.signal;
  }
}

class AbortController {
  readonly signal = new AbortSignal();

  abort(reason: unknown = named('AbortError', 'This operation was aborted')): void {
    const { signal } = this;
    if (signal.aborted) {
      return;
    }
    signal.aborted = true;
    signal.reason = reason;
    const event = new Event('abort');
    signal.onabort?.(event);
    signal.dispatchEvent(event);
  }
}

define({ AbortController, AbortSignal, Event, EventTarget });
