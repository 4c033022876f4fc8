/** What the TypeScript SDK offers, a feature each. Results are texts and small objects, which the tests compare. */

import {
  ActivityCancellationType,
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  AsyncLocalStorage,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  condition,
  currentUpdateInfo,
  defaultPayloadConverter,
  defineQuery,
  defineSearchAttributeKey,
  defineSignal,
  defineUpdate,
  ensureApplicationFailure,
  executeChild,
  getCurrentDetails,
  HandlerUnfinishedPolicy,
  inWorkflowContext,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  RawValue,
  rootCause,
  scheduleActivity,
  scheduleLocalActivity,
  ServerFailure,
  setCurrentDetails,
  setDefaultQueryHandler,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
  sleep,
  startChild,
  TerminatedFailure,
  TimeoutFailure,
  Trigger,
  upsertMemo,
  upsertSearchAttributes,
  uuid4,
  WorkflowExecutionAlreadyStartedError,
  workflowInfo,
} from '@mainspring/workflow';

interface Activities {
  work(...input: unknown[]): Promise<unknown>;
}

const activities = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

/** Gives its arguments back. */
export async function echo(...args: unknown[]): Promise<unknown[]> {
  return args;
}

/** Types that are no JSON. */
export async function encodings(): Promise<unknown> {
  const bytes = await activities.work(new Uint8Array([1, 2, 3]), undefined, new RawValue({ raw: true }));
  return bytes instanceof Uint8Array ? [...bytes] : String(bytes);
}

export async function bytes(): Promise<Uint8Array> {
  return new TextEncoder().encode('héllo');
}

/** An activity's failure, as it is seen. */
export async function failing_activity(): Promise<unknown> {
  const once = proxyActivities<Activities>({ startToCloseTimeout: '1m', retry: { maximumAttempts: 1 } });
  try {
    return await once.work('x');
  } catch (error) {
    if (!(error instanceof ActivityFailure)) {
      throw error;
    }
    const { cause } = error;
    return {
      type: error.activityType,
      retryState: error.retryState,
      root: rootCause(error),
      application: cause instanceof ApplicationFailure && { type: cause.type, details: cause.details },
      timeout: cause instanceof TimeoutFailure && cause.timeoutType,
      name: error.name,
    };
  }
}

/** Options at the call, a name at the call, and a local activity. */
export async function ways_to_call(): Promise<unknown[]> {
  const { work } = proxyLocalActivities<Activities>({ startToCloseTimeout: '5s' });
  return [
    await activities.work.executeWithOptions({ startToCloseTimeout: 5_000, summary: 'called' }, [1]),
    await scheduleActivity('work', [2], { scheduleToCloseTimeout: '1 hour' }),
    await work(3),
  ];
}

/** Throws what is no failure. */
export async function bug(): Promise<void> {
  await sleep(1);
  undefinedProperty(undefined as unknown as { inner: { value: string } });
}

function undefinedProperty(of: { inner: { value: string } }): string {
  return of.inner.value;
}

/** Fails, from a function that the trace must name. */
export async function fails(): Promise<void> {
  await sleep(1);
  refuse('because');
}

function refuse(reason: string): never {
  throw ApplicationFailure.create({
    message: `refused ${reason}`,
    type: 'Refused',
    nonRetryable: true,
    details: [{ reason }, 2],
    cause: new Error('beneath'),
  });
}

export async function recursion(): Promise<string> {
  const deeper = (depth: number): number => 1 + deeper(depth + 1);
  const found: string[] = [];
  for (const attempt of [() => deeper(0), () => new RegExp('('.repeat(2_000))]) {
    try {
      attempt();
      found.push('nothing');
    } catch (error) {
      found.push((error as Error).name);
    }
  }
  return found.join(' ');
}

/** The engine's own recursion takes more of the host's stack than of the one that it watches. */
export async function nested_too_deep(): Promise<string> {
  return JSON.stringify(nested(100_000));
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let at = 0; at < depth; at += 1) {
    value = [value];
  }
  return value;
}

/** A promise that nobody waits for is rejected. */
export async function forgotten_rejection(): Promise<void> {
  void Promise.reject(new Error('nobody waits for this'));
  await sleep('1 day');
}

const say = defineSignal<[string]>('say');
const said = defineQuery<string[]>('said');
const stop = defineSignal('stop');

/** Signals from before its handlers, in their order; default handlers; queries. */
export async function listens(): Promise<string[]> {
  const heard: string[] = [];
  await activities.work('first');
  setHandler(said, () => heard);
  setHandler(say, (text) => void heard.push(text));
  setDefaultSignalHandler((name, ...args) => void heard.push(`${name}(${args.join()})`));
  setDefaultQueryHandler((name, ...args) => `${name}(${args.join()})?`);
  let stopped = false;
  setHandler(stop, () => {
    stopped = true;
  });
  await condition(() => stopped);
  return heard;
}

/** Queries that must not do what they do. */
export async function bad_queries(): Promise<void> {
  setHandler(defineQuery<unknown>('commands'), () => {
    void activities.work(1).catch(() => {});
    return startsTimer();
  });
  setHandler(defineQuery<unknown>('promise'), async () => 1);
  setHandler(defineQuery<unknown>('throws'), () => {
    throw new RangeError('out of range');
  });
  setHandler(defineQuery<unknown>('random'), () => typeof uuid4());
  await condition(() => false);
}

function startsTimer(): string {
  upsertMemo({ asked: true });
  return 'memo changed';
}

const add = defineUpdate<number, [number]>('add');

/** Updates with validators, in their context; unfinished ones. */
export async function counts(): Promise<unknown> {
  let count = 0;
  const ids: string[] = [];
  setHandler(
    add,
    async (by) => {
      await sleep(10);
      ids.push(currentUpdateInfo()?.id ?? 'none', currentUpdateInfo()?.name ?? 'none');
      if (by < 0) {
        throw ApplicationFailure.nonRetryable('no way down', 'Down');
      }
      return (count += by);
    },
    {
      validator: (by) => {
        if (by === 0) {
          throw new TypeError('nothing to add');
        }
      },
      description: 'Adds',
    },
  );
  setDefaultUpdateHandler((name, ...args) => `${name}(${args.join()})`);
  let stopped = false;
  setHandler(stop, () => {
    stopped = true;
  });
  await condition(() => stopped && allHandlersFinished());
  return { count, ids, outside: currentUpdateInfo() ?? null };
}

/** An update whose handler has a bug. */
export async function update_with_bug(): Promise<void> {
  setHandler(defineUpdate('broken'), () => {
    throw new Error('a bug in the handler');
  });
  await condition(() => false);
}

/** What scopes do, as a list of what happened in which order. */
export async function scopes(): Promise<string[]> {
  const events: string[] = [];
  const note = (text: string) => void events.push(text);

  // A timeout cancels what is within, and nothing else.
  try {
    await CancellationScope.withTimeout(50, () => sleep('1 hour'));
  } catch (error) {
    note(`timeout: ${isCancellation(error)}`);
  }
  // In time, the timer is given up.
  note(await CancellationScope.withTimeout('1 hour', async () => 'in time'));

  // Inner scopes are cancelled with outer ones, unless they are shielded.
  const outer = new CancellationScope();
  const inner = outer.run(async () => {
    const shielded = CancellationScope.nonCancellable(async () => {
      await sleep(20);
      note(`shielded runs on, in its own scope: ${!CancellationScope.current().cancellable}`);
    });
    await CancellationScope.cancellable(async () => {
      try {
        await sleep('1 hour');
      } catch (error) {
        note(`inner: ${(error as Error).constructor.name}`);
      }
    });
    note(`considered cancelled: ${CancellationScope.current().consideredCancelled}`);
    try {
      await sleep(1);
    } catch {
      note('a cancelled scope begins nothing');
    }
    await shielded;
  });
  await sleep(5);
  outer.cancel();
  await inner;

  // The scope follows the chain of promises, and not who runs at the moment.
  const names = new AsyncLocalStorage<string>();
  const walk = (name: string) =>
    names.run(name, async () => {
      for (let step = 0; step < 3; step += 1) {
        await sleep(1);
        await Promise.all([null, Promise.resolve()]);
        note(`${name} ${names.getStore()}`);
      }
    });
  await Promise.all([walk('a'), walk('b')]);
  note(`outside ${names.getStore() ?? 'nothing'}`);

  // `cancelRequested` rejects in a scope that is not cancellable, too.
  const steady = new CancellationScope({ cancellable: false });
  const done = steady.run(async () => {
    await sleep(10);
    return 'finished';
  });
  steady.cancel();
  await steady.cancelRequested.catch((error) => note((error as Error).message));
  note(await done);
  return events;
}

/** Asked to cancel, it cleans up and then ends as cancelled. */
export async function cleans_up(): Promise<void> {
  try {
    await activities.work('long');
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => activities.work('cleanup'));
    }
    throw error;
  }
}

/** Conditions, in time and late. */
export async function conditions(): Promise<unknown[]> {
  let ready = false;
  const trigger = new Trigger<string>();
  setTimeout(() => {
    ready = true;
    trigger.resolve('triggered');
  }, 30);
  const given = setTimeout(() => trigger.reject(new Error('never')), 10);
  clearTimeout(given);
  return [
    await condition(() => ready, 10),
    await condition(() => ready, '1 minute'),
    await condition(() => ready, 1),
    await trigger,
    (await condition(() => ready)) ?? 'void',
  ];
}

/** Children: a result, a failure, an id that is taken, a signal. */
export async function parent(): Promise<unknown[]> {
  const results: unknown[] = [await executeChild(echo, { args: ['a', 1], workflowId: 'child-echo' })];
  try {
    await executeChild(fails, { workflowId: 'child-fails' });
  } catch (error) {
    const failure = error as ChildWorkflowFailure;
    results.push([failure.name, failure.workflowType, failure.execution.workflowId, rootCause(failure)]);
    results.push(failure.cause instanceof ApplicationFailure && failure.cause.type);
  }
  const waiting = await startChild('waits_for_go', { workflowId: 'child-waits' });
  try {
    await startChild('waits_for_go', { workflowId: 'child-waits' });
  } catch (error) {
    results.push(error instanceof WorkflowExecutionAlreadyStartedError && error.workflowId);
  }
  await waiting.signal('go', 'now');
  results.push(await waiting.result(), waiting.workflowId, typeof waiting.firstExecutionRunId);
  return results;
}

export async function waits_for_go(): Promise<string> {
  let go: string | undefined;
  setHandler(defineSignal<[string]>('go'), (text) => {
    go = text;
  });
  await condition(() => go !== undefined);
  return `went ${go}`;
}

/** Continues as another type, with another memo. */
export async function continues(): Promise<never> {
  const next = makeContinueAsNewFunc<typeof told>({ workflowType: 'told', memo: { note: 'new' } });
  return next('by the first');
}

export async function told(by: string): Promise<unknown> {
  const { memo, continuedFromExecutionRunId } = workflowInfo();
  return [by, memo, continuedFromExecutionRunId !== undefined];
}

/** What it knows of itself. */
export async function introspects(): Promise<unknown> {
  upsertSearchAttributes([{ key: defineSearchAttributeKey('Amount', 'INT'), value: 7 }]);
  upsertSearchAttributes({ Customer: ['ann'] });
  upsertMemo({ a: 1, b: 2 });
  upsertMemo({ b: null });
  const info = workflowInfo();
  log.info('introspecting', { attempt: info.attempt });
  console.log('also here', { nested: [1] });
  return {
    type: info.workflowType,
    id: info.workflowId,
    queue: info.taskQueue,
    attempt: info.attempt,
    memo: info.memo,
    attributes: info.searchAttributes,
    typed: info.typedSearchAttributes.get(defineSearchAttributeKey('Amount', 'INT')),
    // The clock may have moved on before the first activation.
    start: info.startTime.getTime() <= Date.now(),
    history: info.historyLength > 0,
    context: inWorkflowContext(),
  };
}

/** What it says of its handlers and of its present state, until it is over. */
export async function introduces_itself(): Promise<void> {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  setHandler(defineSignal('end'), end, { description: 'Ends it.' });
  setHandler(defineQuery<boolean>('isOver'), () => isOver);
  setHandler(defineUpdate<void>('endNow'), end, { description: 'Ends it, and says so.' });
  setDefaultQueryHandler((name) => name);
  setCurrentDetails('**waiting**');
  await condition(() => isOver);
  setHandler(defineSignal('end'), undefined);
  setCurrentDetails('over');
}

/** Makes objects that refer to each other, and forgets them; then waits. */
export async function forgets(count: number): Promise<void> {
  const kept: { last?: object } = {};
  for (let made = 0; made < count; made++) {
    const one: { other?: object; kept: object } = { kept };
    one.other = { one };
    kept.last = one;
  }
  await sleep('1 hour');
}

/** The globals of the sandbox. */
export async function sandbox(): Promise<Record<string, unknown>> {
  const before = Date.now();
  await sleep(1_500);
  const url = new URL('../b?x=1&y=ü#top', 'https://Example.com:8443/a/c');
  url.searchParams.append('z', 'a b');
  const controller = new AbortController();
  const aborted: string[] = [];
  controller.signal.addEventListener('abort', () => aborted.push(String((controller.signal.reason as Error).name)));
  controller.abort();
  const cycle: { self?: unknown; map: Map<string, Date>; bytes: Uint8Array } = {
    map: new Map([['d', new Date(0)]]),
    bytes: new Uint8Array([1, 2]),
  };
  cycle.self = cycle;
  const copy = structuredClone(cycle);
  const draws = [Math.random(), Math.random()];
  return {
    elapsed: Date.now() - before,
    dates: new Date().getTime() === Date.now() && new Date(0).toISOString(),
    url: url.href,
    query: [...new URLSearchParams('a=1&a=2&b=%20').entries()],
    invalid: URL.canParse('not a url'),
    text: new TextDecoder().decode(new TextEncoder().encode('grüße 👋')),
    aborted,
    clone: copy.self === copy && copy !== cycle && copy.map.get('d')?.getTime() === 0 && [...copy.bytes],
    uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()),
    random: draws.every((it) => it >= 0 && it < 1) && draws[0] !== draws[1],
    bytes: crypto.getRandomValues(new Uint8Array(4)).length,
    fetch: await attempt(() => (globalThis as unknown as { fetch(): unknown })['fetch']()),
    weak: await attempt(() => new WeakRef({})),
    microtask: await new Promise((resolve) => queueMicrotask(() => resolve('ran'))),
  };
}

async function attempt(does: () => unknown): Promise<string> {
  try {
    return String(await does());
  } catch (error) {
    return (error as Error).message;
  }
}

/** Long chains of promises, and generators, in one activation. */
export async function chains(): Promise<number> {
  async function* numbers(): AsyncGenerator<number> {
    for (let number = 0; number < 1_000; number += 1) {
      yield number;
    }
  }
  let sum = 0;
  for await (const number of numbers()) {
    sum += number;
  }
  for (let tick = 0; tick < 100_000; tick += 1) {
    await null;
  }
  return sum;
}

/** Waits for an activity again and again: a long history. */
export async function steps(count: number): Promise<number> {
  let sum = 0;
  for (let step = 0; step < count; step += 1) {
    sum += (await activities.work(step)) as number;
  }
  return sum;
}

/** Takes every type that there is no workflow for. */
export default async function any(...args: unknown[]): Promise<unknown> {
  const cancelled = new CancelledFailure('only to be seen');
  return [workflowInfo().workflowType, args, isCancellation(cancelled)];
}

/** Durations as the npm package `ms` reads them: how long each sleep took, in milliseconds. */
export async function durations(): Promise<number[]> {
  const took: number[] = [];
  for (const duration of [7, '7', '7ms', '2 seconds', '1.5 MINUTES', '1 hr', '2d', '1 week', '1y'] as const) {
    const before = Date.now();
    await sleep(duration);
    took.push(Date.now() - before);
  }
  try {
    await sleep('soon' as '1s');
  } catch (error) {
    took.push(error instanceof TypeError ? -1 : 0);
  }
  return took;
}

/** Signals of time and of others; the rest of the globals. */
export async function more_of_the_sandbox(): Promise<Record<string, unknown>> {
  const limit = AbortSignal.timeout(1_000);
  const any = AbortSignal.any([new AbortController().signal, limit]);
  const reason = new Promise<unknown>((resolve) => {
    any.addEventListener('abort', () => resolve((any.reason as Error).name));
  });
  const order: string[] = [];
  queueMicrotask(() => order.push('microtask'));
  setTimeout((text: string) => order.push(text), 5, 'timer');
  order.push('first');
  await sleep(10);
  const url = new URL('https://a.example/x?k=1');
  url.search = '?k=2';
  return {
    reason: await reason,
    order,
    parameter: url.searchParams.get('k'),
    encoded: [...new TextEncoder().encode('€')],
    decoded: new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xe2, 0x82, 0xac])),
    dated: new Date(2_000).toISOString(),
    uuids: new Set([crypto.randomUUID(), crypto.randomUUID(), uuid4()]).size,
  };
}

/** Names that no other workflow here uses. */
export async function other_names(): Promise<Record<string, unknown>> {
  setCurrentDetails('*nearly* done');
  const payload = defaultPayloadConverter.toPayload({ a: 1 });
  const dropped = defineSignal('dropped');
  setHandler(dropped, () => sleep('1 day'), { unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON });
  return {
    local: await scheduleLocalActivity('work', ['here'], { startToCloseTimeout: '1s' }),
    urgent: await scheduleActivity('work', ['now'], { startToCloseTimeout: '1s', priority: { priorityKey: 1 } }),
    details: getCurrentDetails(),
    metadata: payload.metadata,
    value: defaultPayloadConverter.fromPayload(payload),
    ensured: ensureApplicationFailure(new RangeError('far')).type,
    classes: [new TerminatedFailure('t'), new ServerFailure('s', true)].map((failure) => failure.name),
    options: [ActivityCancellationType.TRY_CANCEL, ParentClosePolicy.ABANDON, ChildWorkflowCancellationType.ABANDON],
    withoutTimeout: refusedProxy(),
  };
}

function refusedProxy(): string {
  try {
    proxyActivities({});
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
}
