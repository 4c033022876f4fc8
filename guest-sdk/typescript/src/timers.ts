/** Durable timers. */

import { type Duration, milliseconds } from './duration.js';
import { host } from './host.js';
import { Operation } from './operations.js';
import { encodeText } from './payloads.js';

export interface TimerOptions {
  /** One line that tools show beside the timer. */
  summary?: string;
}

/** Waits. Cancelled with its scope. */
export function sleep(ms: Duration, options?: TimerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    new Timer(milliseconds(ms), options?.summary, resolve, reject).begin();
  });
}

export class Timer extends Operation {
  private declare isPending: boolean;
  private declare readonly after: number;
  private declare readonly summary: string | undefined;

  /** `cancelled` is told if its scope is cancelled before it fires, or was before it began. */
  constructor(
    after: number,
    summary: string | undefined,
    fired: () => void,
    cancelled: (reason: unknown) => void,
  ) {
    super(fired, cancelled);
    this.after = after;
    this.summary = summary;
  }

  protected ask(): number {
    this.isPending = true;
    return host.startTimer(this.after, encodeText(this.summary));
  }

  override completed(): void {
    this.isPending = false;
    this.resolve(undefined as never);
  }

  /** Lets go of it. */
  giveUp(words = ''): void {
    if (this.isPending && this.run.outcome === undefined) {
      this.isPending = false;
      host.cancelOperation(this.id, words);
      // Nothing is heard of a timer that was cancelled.
      this.end();
    }
  }

  /** @internal */
  override cancelWith(reason: Error, words: string): void {
    this.giveUp(words);
    this.reject(reason);
  }
}
