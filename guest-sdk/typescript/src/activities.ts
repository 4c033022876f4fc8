/** Side effects: work done outside, by workers. */

import { type Duration, optionalMilliseconds } from './duration.js';
import { type ActivityOptionsInHost, host } from './host.js';
import { Operation } from './operations.js';
import { type Priority, priorityRecord, type RetryPolicy, retryRecord } from './options.js';
import { encodeAll, encodeText } from './payloads.js';

/** What the caller sees once an activity is to be cancelled. */
export const ActivityCancellationType = {
  /** Do not ask the activity; it counts as cancelled at once. */
  ABANDON: 'ABANDON',
  /** Ask, and count it as cancelled at once. */
  TRY_CANCEL: 'TRY_CANCEL',
  /** Ask, and wait for whatever comes of it. */
  WAIT_CANCELLATION_COMPLETED: 'WAIT_CANCELLATION_COMPLETED',
} as const;
export type ActivityCancellationType = (typeof ActivityCancellationType)[keyof typeof ActivityCancellationType];

/** How an activity is called. One of `startToCloseTimeout` and `scheduleToCloseTimeout` is needed. */
export interface ActivityOptions {
  /** How people and tools name it. */
  activityId?: string;
  /** The workflow's own if there is none. */
  taskQueue?: string;
  /** The longest pause between two heartbeats. */
  heartbeatTimeout?: Duration;
  /** How it is retried; without a limit if there is none. */
  retry?: RetryPolicy;
  /** The longest time of one attempt. */
  startToCloseTimeout?: Duration;
  /** The longest wait for a worker. */
  scheduleToStartTimeout?: Duration;
  /** The longest time of all attempts together. */
  scheduleToCloseTimeout?: Duration;
  /** `WAIT_CANCELLATION_COMPLETED` if there is none. */
  cancellationType?: ActivityCancellationType;
  /** Of no meaning here. */
  allowEagerDispatch?: boolean;
  /** One line that tools show beside the activity. */
  summary?: string;
  priority?: Priority;
}

/** How a local activity is called: by a worker within the host's process, if there is one. */
export interface LocalActivityOptions {
  retry?: RetryPolicy;
  startToCloseTimeout?: Duration;
  scheduleToStartTimeout?: Duration;
  scheduleToCloseTimeout?: Duration;
  /** Of no meaning here: the host waits between the attempts, be it short or long. */
  localRetryThreshold?: Duration;
  cancellationType?: ActivityCancellationType;
  summary?: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as wide as authors' functions are
export type ActivityFunction<P extends any[] = any[], R = any> = (...args: P) => Promise<R>;
export type UntypedActivities = Record<string, ActivityFunction>;
export type ActivityInterface = UntypedActivities;

export type ActivityFunctionWithOptions<T extends ActivityFunction> = T & {
  /** Calls the activity with other options than the proxy's. */
  executeWithOptions(options: ActivityOptions, args: Parameters<T>): Promise<Awaited<ReturnType<T>>>;
};

export type LocalActivityFunctionWithOptions<T extends ActivityFunction> = T & {
  /** Calls the activity with other options than the proxy's. */
  executeWithOptions(options: LocalActivityOptions, args: Parameters<T>): Promise<Awaited<ReturnType<T>>>;
};

declare const NotAnActivityMethod: unique symbol;

/** The activities among what a module exports. */
export type ActivityInterfaceFor<T> = {
  [K in keyof T]: T[K] extends ActivityFunction ? ActivityFunctionWithOptions<T[K]> : typeof NotAnActivityMethod;
};

/** The same, called as local activities. */
export type LocalActivityInterfaceFor<T> = {
  [K in keyof T]: T[K] extends ActivityFunction ? LocalActivityFunctionWithOptions<T[K]> : typeof NotAnActivityMethod;
};

/** Calls an activity by its name. */
export function scheduleActivity<R>(activityType: string, args: unknown[], options: ActivityOptions): Promise<R> {
  return schedule(activityType, args, options, false) as Promise<R>;
}

/** Calls a local activity by its name. */
export function scheduleLocalActivity<R>(
  activityType: string,
  args: unknown[],
  options: LocalActivityOptions,
): Promise<R> {
  return schedule(activityType, args, options, true) as Promise<R>;
}

function schedule(activityType: string, args: unknown[], options: ActivityOptions, local: boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    new Call(settings(activityType, options, local), activityType, args, resolve, reject).begin();
  });
}

/** Hands the options to the host. */
function settings(what: string, options: ActivityOptions, local: boolean): ActivityOptionsInHost {
  const { startToCloseTimeout, scheduleToCloseTimeout } = options;
  if ((startToCloseTimeout ?? undefined) === undefined && (scheduleToCloseTimeout ?? undefined) === undefined) {
    throw new TypeError(`${what}: either startToCloseTimeout or scheduleToCloseTimeout is needed`);
  }
  return host.activityOptions({
    activityId: options.activityId,
    taskQueue: options.taskQueue,
    scheduleToClose: optionalMilliseconds(scheduleToCloseTimeout),
    scheduleToStart: optionalMilliseconds(options.scheduleToStartTimeout),
    startToClose: optionalMilliseconds(startToCloseTimeout),
    heartbeat: optionalMilliseconds(options.heartbeatTimeout),
    retryPolicy: retryRecord(options.retry),
    cancellation: options.cancellationType ?? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    local,
    priority: priorityRecord(options.priority),
    summary: encodeText(options.summary),
  });
}

class Call extends Operation {
  private declare readonly options: ActivityOptionsInHost;
  private declare readonly activityType: string;
  private declare readonly args: unknown[];

  constructor(
    options: ActivityOptionsInHost,
    activityType: string,
    args: unknown[],
    resolve: (value: unknown) => void,
    reject: (reason: unknown) => void,
  ) {
    super(resolve, reject);
    this.options = options;
    this.activityType = activityType;
    this.args = args;
  }

  protected ask(): number {
    return host.scheduleActivity(this.options, this.activityType, encodeAll(this.args));
  }
}

/** Functions that call activities of the same names. */
export function proxyActivities<A = UntypedActivities>(options: ActivityOptions): ActivityInterfaceFor<A> {
  return proxy(options, false);
}

/** Functions that call local activities of the same names. */
export function proxyLocalActivities<A = UntypedActivities>(options: LocalActivityOptions): LocalActivityInterfaceFor<A> {
  return proxy(options, true);
}

function proxy<A extends object>(options: ActivityOptions, local: boolean): A {
  if (options === undefined || options === null) {
    throw new TypeError('options must be defined: a proxy of activities needs startToCloseTimeout or scheduleToCloseTimeout');
  }
  const kept = settings('a proxy of activities', options, local);
  const activities = new Map<string, unknown>();
  const get = (_: object, activityType: string | symbol): unknown => {
    if (typeof activityType !== 'string') {
      throw new TypeError(`Only strings are supported for Activity types, got: ${String(activityType)}`);
    }
    let activity = activities.get(activityType);
    if (activity === undefined) {
      activity = Object.assign(
        (...args: unknown[]) =>
          new Promise((resolve, reject) => new Call(kept, activityType, args, resolve, reject).begin()),
        {
          executeWithOptions: (other: ActivityOptions, args: unknown[]) =>
            schedule(activityType, args, { ...options, ...other }, local),
        },
      );
      activities.set(activityType, activity);
    }
    return activity;
  };
  return new Proxy({}, { get }) as A;
}
