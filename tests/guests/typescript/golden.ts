/**
 * The workflows of the golden histories, as `tests/guests/src/golden` has them in Rust: the same histories, event by event.
 * What is here is added to, and never does anything else than it did.
 */

import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  deprecatePatch,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  Trigger,
  upsertMemo,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
  type ActivityOptions,
} from '@mainspring/workflow';

interface Activities {
  work(...input: unknown[]): Promise<unknown>;
}

const MINUTE = 60_000;
const RETRY = { initialInterval: 1_000, backoffCoefficient: 2 };

function activities(options: ActivityOptions = {}): Activities {
  const { work } = proxyActivities<Activities>({
    startToCloseTimeout: MINUTE,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    ...options,
  });
  return { work };
}

const item = defineSignal<[string]>('item');

interface ActivityCase {
  scheduleToStart?: number;
  scheduleToClose?: number;
  startToClose?: number | null;
  heartbeat?: number;
  attempts?: number;
  cancellation?: 'try' | 'wait' | 'abandon';
  cancelAfter?: number;
}

/** Calls `work` once, and gives what it gives. */
export async function golden_activity(it: ActivityCase): Promise<unknown> {
  const types = { try: 'TRY_CANCEL', wait: 'WAIT_CANCELLATION_COMPLETED', abandon: 'ABANDON' } as const;
  const { work } = proxyActivities<Activities>({
    retry: { ...RETRY, ...(it.attempts === 0 ? {} : { maximumAttempts: it.attempts ?? 1 }) },
    cancellationType: types[it.cancellation ?? 'try'],
    ...(it.scheduleToStart !== undefined && { scheduleToStartTimeout: it.scheduleToStart }),
    ...(it.scheduleToClose !== undefined && { scheduleToCloseTimeout: it.scheduleToClose }),
    ...(it.startToClose !== null && { startToCloseTimeout: it.startToClose ?? MINUTE }),
    ...(it.heartbeat !== undefined && { heartbeatTimeout: it.heartbeat }),
  });
  const scope = new CancellationScope();
  const working = scope.run(() => work('input'));
  if (it.cancelAfter !== undefined) {
    await sleep(it.cancelAfter);
    scope.cancel();
  }
  return working;
}

/** Calls `work` so many times at once, and gives the results in the order of the calls. */
export async function golden_activities(n: number): Promise<unknown[]> {
  const { work } = activities();
  return Promise.all(Array.from({ length: n }, (_, number) => work(number)));
}

/** Calls `work` with 0, 1 … n - 1, one after the other, and gives n. */
export async function golden_steps(n: number): Promise<number> {
  const { work } = activities();
  for (let number = 0; number < n; number++) {
    await work(number);
  }
  return n;
}

/** Starts a timer of a second, one of two, and one of an hour; calls `work` with the name of each of the two that fire, and gives the third up. */
export async function golden_timers(): Promise<void> {
  const { work } = activities();
  const fired = async (name: string, seconds: number): Promise<void> => {
    await sleep(seconds * 1_000);
    await work(name);
  };
  const scope = new CancellationScope();
  const hour = scope.run(() => sleep(3_600_000, { summary: 'given up' }));
  hour.catch(() => {});
  await Promise.race([hour, Promise.all([fired('first', 1), fired('second', 2)])]);
  scope.cancel();
}

/** `work` against a timer of a second; gives who was first, and what it saw of the other. */
export async function golden_race(): Promise<string> {
  const { work } = activities();
  const race = new CancellationScope();
  let result: unknown;
  let expired = false;
  await race.run(async () => {
    work('race').then(
      (it) => (result = it),
      () => {},
    );
    sleep(1_000).then(
      () => (expired = true),
      () => {},
    );
    await condition(() => result !== undefined || expired);
  });
  // Of two that came together, the activity counts.
  const first = result === undefined ? 'timer' : `activity ${String(result)}`;
  await work(first);
  race.cancel();
  return first;
}

/** Calls `work`, and then receives two signals `item`, which may have come before. */
export async function golden_signals(): Promise<string[]> {
  const items: string[] = [];
  setHandler(item, (it) => {
    items.push(it);
  });
  await activities().work('before');
  await condition(() => items.length >= 2);
  return items.slice(0, 2);
}

const close = defineSignal('close');
const add = defineUpdate<number, [number]>('add');
const worked = defineUpdate<number, [number]>('work');

/** Counts what updates add, until the signal `close`. */
export async function golden_counter(): Promise<number> {
  let count = 0;
  let closed = false;
  setHandler(close, () => {
    closed = true;
  });
  setHandler(add, (amount) => (count += amount), {
    validator: (amount) => {
      if (amount === 0) {
        throw ApplicationFailure.create({ message: 'the amount is 0', type: 'NothingToAdd' });
      }
    },
  });
  setHandler(worked, async (amount) => {
    const { work } = activities({ retry: { ...RETRY, maximumAttempts: 1 } });
    count += (await work(amount)) as number;
    return count;
  });
  await condition(() => closed);
  return count;
}

/** Ends in the way it is told: `completes`, `fails`, `waits` for ever, is `stubborn` when it is asked to cancel, `continues` as one that completes, or `tries` until its second attempt. */
export async function golden_leaf(way: string): Promise<string> {
  switch (way) {
    case 'fails':
      throw ApplicationFailure.create({ message: 'asked to fail', type: 'Leaf', details: [7] });
    case 'waits':
      await condition(() => false);
      return 'woken';
    case 'stubborn': {
      const reason = new Trigger<string>();
      CancellationScope.current().cancelRequested.catch(() => reason.resolve('enough'));
      return reason;
    }
    case 'continues':
      return continueAsNew<typeof golden_leaf>('completes');
    case 'tries':
      if (workflowInfo().attempt < 2) {
        throw ApplicationFailure.create({ message: 'not yet', type: 'Leaf' });
      }
  }
  return 'done';
}

interface ChildCase {
  way?: string;
  cancellation?: 'abandon' | 'try' | 'wait-requested' | 'wait-completed';
  cancelAfter?: number;
  retries?: boolean;
  policy?: 'abandon' | 'request-cancel' | 'terminate';
  leaves?: boolean;
}

/** Has a `golden_leaf` as its child, with the workflow id `child`, and gives what it gives. */
export async function golden_parent(it: ChildCase): Promise<string | null> {
  const cancellations = {
    abandon: ChildWorkflowCancellationType.ABANDON,
    try: ChildWorkflowCancellationType.TRY_CANCEL,
    'wait-requested': ChildWorkflowCancellationType.WAIT_CANCELLATION_REQUESTED,
    'wait-completed': ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
  const policies = {
    abandon: ParentClosePolicy.ABANDON,
    'request-cancel': ParentClosePolicy.REQUEST_CANCEL,
    terminate: ParentClosePolicy.TERMINATE,
  };
  const scope = new CancellationScope();
  const child = await scope.run(() =>
    startChild(golden_leaf, {
      args: [it.way ?? 'completes'],
      workflowId: 'child',
      cancellationType: cancellations[it.cancellation ?? 'wait-completed'],
      parentClosePolicy: policies[it.policy ?? 'terminate'],
      ...(it.retries === true && { retry: RETRY }),
    }),
  );
  if (it.leaves === true) {
    return null;
  }
  if (it.cancelAfter !== undefined) {
    await sleep(it.cancelAfter);
    scope.cancel();
  }
  return child.result();
}

/** Signals the workflow `other`, and then asks it to cancel; gives what came of both. */
export async function golden_sender(): Promise<string[]> {
  const other = getExternalWorkflowHandle('other');
  const tell = async (sent: Promise<void>): Promise<string> => {
    try {
      await sent;
      return 'arrived';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const signalled = await tell(other.signal(item, 'item'));
  return [signalled, await tell(other.cancel())];
}

/** Continues as new until `left` is 0, with a memo that says so. */
export async function golden_chain(left: number): Promise<string> {
  upsertMemo({ left });
  await activities().work(left);
  return left === 0 ? 'done' : continueAsNew<typeof golden_chain>(left - 1);
}

/** Waits for an hour. Asked to cancel, it calls `work` to clean up, and something that nobody can cancel. */
export async function golden_cleanup(): Promise<void> {
  try {
    await sleep(3_600_000);
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(async () => {
        await sleep(1_000);
        await activities().work('cleanup');
      });
    }
    throw error;
  }
}

/** Takes a path that is new, one that no run takes otherwise any more, and says what it took. */
export async function golden_versions(): Promise<boolean> {
  const isNew = patched('new');
  deprecatePatch('old');
  await activities().work(isNew);
  return isNew && patched('new');
}

/** Describes itself, and takes some of it back. */
export async function golden_notes(): Promise<void> {
  upsertMemo({ note: 'first', other: 1 });
  upsertSearchAttributes({ Customer: ['ann'], Items: [3] });
  setCurrentDetails('working');
  await sleep(1_000);
  upsertMemo({ note: 'second', other: undefined });
  upsertSearchAttributes({ Items: [] });
}

/** Calls `work` with what differs between runs, and is the same at a replay. */
export async function golden_chance(): Promise<void> {
  await activities().work(Math.floor(Date.now() / 1_000), Math.floor(Math.random() * 2 ** 32), uuid4());
}

/** Sleeps in a scope within a scope. The first signal `item` cancels the inner one, the second the outer one; `work` is called after each. */
export async function golden_scopes(): Promise<string[]> {
  let items = 0;
  setHandler(item, () => {
    items += 1;
  });
  const outer = new CancellationScope();
  const inner = new CancellationScope({ cancellable: true, parent: outer });
  const cleanup = async (name: string, sleeping: Promise<void>): Promise<string> => {
    let wasCancelled = false;
    try {
      await sleeping;
    } catch (error) {
      wasCancelled = isCancellation(error);
    }
    await CancellationScope.nonCancellable(() => activities().work(name));
    return `${name} ${wasCancelled}`;
  };
  const sleeping = outer.run(async () => {
    const first = await cleanup(
      'inner',
      inner.run(() => sleep(3_600_000)),
    );
    return [first, await cleanup('outer', sleep(7_200_000))];
  });
  await condition(() => items >= 1);
  inner.cancel();
  await condition(() => items >= 2);
  outer.cancel();
  return sleeping;
}

/** Receives signals `item`, and continues as new with all that have come, until there are three. */
export async function golden_carrier(items: string[]): Promise<string[]> {
  const come: string[] = [];
  setHandler(item, (it) => {
    come.push(it);
  });
  await condition(() => come.length > 0);
  const carried = [...items, ...come];
  return carried.length < 3 ? continueAsNew<typeof golden_carrier>(carried) : carried;
}

/** Calls `work` with n, n - 1 … 1, all at once, each with its number as its priority and as that of a tenant. */
export async function golden_priorities(n: number): Promise<void> {
  const calls = Array.from({ length: n }, (_, at) => n - at).map((number) => {
    const priority = { priorityKey: number, fairnessKey: `tenant-${number}`, fairnessWeight: 1.5 };
    return activities({ priority }).work(number);
  });
  await Promise.all(calls);
}

/** Calls `work` where it may be done in the host's process. */
export async function golden_local(): Promise<unknown> {
  const { work } = proxyLocalActivities<Activities>({
    startToCloseTimeout: MINUTE,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  return work('local');
}

/** Has so many children at once, with the workflow ids `child-0`, `child-1` … */
export async function golden_brood(n: number): Promise<string[]> {
  const children = Array.from({ length: n }, (_, number) =>
    executeChild(golden_leaf, {
      args: ['completes'],
      workflowId: `child-${number}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      parentClosePolicy: ParentClosePolicy.TERMINATE,
    }),
  );
  return Promise.all(children);
}
