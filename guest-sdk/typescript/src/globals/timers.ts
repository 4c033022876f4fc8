/** `setTimeout` is a durable timer. */

import { currentContext, inContext } from '../context.js';
import { assertInWorkflow } from '../run.js';
import { Timer } from '../timers.js';
import { define } from './define.js';

const running = new Map<number, Timer>();
let last = 0;

function setTimeout(callback: (...args: unknown[]) => unknown, after?: number, ...args: unknown[]): number {
  assertInWorkflow('setTimeout');
  const id = (last += 1);
  const context = currentContext();
  const fired = (): void => {
    running.delete(id);
    // In a job of its own: what it throws is nobody else's matter.
    void Promise.resolve().then(() => inContext(context, () => callback(...args)));
  };
  const delay = Number.isFinite(after) ? Math.max(0, Math.round(after as number)) : 0;
  const timer = new Timer(delay, undefined, fired, () => running.delete(id));
  running.set(id, timer);
  timer.begin();
  return id;
}

function clearTimeout(id: number | undefined): void {
  if (id !== undefined) {
    const timer = running.get(id);
    running.delete(id);
    timer?.giveUp();
  }
}

function queueMicrotask(callback: () => void): void {
  void Promise.resolve().then(() => callback());
}

define({ setTimeout, clearTimeout, queueMicrotask });
