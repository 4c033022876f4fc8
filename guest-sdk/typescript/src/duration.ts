/** Durations: milliseconds, or words such as `'30 days'`, as the npm package `ms` reads them. */

type Unit =
  | 'years' | 'year' | 'yrs' | 'yr' | 'y'
  | 'weeks' | 'week' | 'w'
  | 'days' | 'day' | 'd'
  | 'hours' | 'hour' | 'hrs' | 'hr' | 'h'
  | 'minutes' | 'minute' | 'mins' | 'min' | 'm'
  | 'seconds' | 'second' | 'secs' | 'sec' | 's'
  | 'milliseconds' | 'millisecond' | 'msecs' | 'msec' | 'ms';

type AnyCase = Unit | Uppercase<Unit> | Capitalize<Unit>;

/** `'5 minutes'`, `'5m'`, `'5'` (milliseconds). */
export type StringValue = `${number}` | `${number}${AnyCase}` | `${number} ${AnyCase}`;

/** Milliseconds, or words. */
export type Duration = StringValue | number;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** By the first letters that tell units apart. */
const UNITS: [RegExp, number][] = [
  [/^(milliseconds?|msecs?|ms)?$/, 1],
  [/^(seconds?|secs?|s)$/, SECOND],
  [/^(minutes?|mins?|m)$/, MINUTE],
  [/^(hours?|hrs?|h)$/, HOUR],
  [/^(days?|d)$/, DAY],
  [/^(weeks?|w)$/, 7 * DAY],
  [/^(years?|yrs?|y)$/, 365.25 * DAY],
];

/** A duration in whole milliseconds. What is no duration throws a `TypeError`. */
export function milliseconds(duration: Duration): number {
  const value = typeof duration === 'string' ? parse(duration) : duration;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new TypeError(`not a duration: ${String(duration)}; write milliseconds, or words such as '30 seconds'`);
  }
  return Math.max(0, Math.round(value));
}

/** The same for options that may be absent. */
export function optionalMilliseconds(duration: Duration | undefined | null): number | undefined {
  return duration === undefined || duration === null ? undefined : milliseconds(duration);
}

function parse(text: string): number {
  const [, amount, unit] = /^\s*(-?\d*\.?\d+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = UNITS.find(([names]) => names.test(unit?.toLowerCase() ?? ''))?.[1];
  return amount === undefined || factor === undefined ? NaN : Number(amount) * factor;
}
