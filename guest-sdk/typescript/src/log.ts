/** The run's log: silent while the host replays. */

import type { LogLevel, Pairs } from './contract.js';
import { host, wellFormed } from './host.js';

type Write = (message: string, attrs?: Record<string, unknown>) => void;

export interface WorkflowLogger {
  trace: Write;
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}

function writer(level: LogLevel): Write {
  return (message, attrs = {}) => {
    const fields: Pairs<string> = Object.entries(attrs).map(([name, value]) => [name, shown(value)]);
    host.log(level, wellFormed(String(message)), fields);
  };
}

export const log: WorkflowLogger = {
  trace: writer('TRACE'),
  debug: writer('DEBUG'),
  info: writer('INFO'),
  warn: writer('WARN'),
  error: writer('ERROR'),
};

/** A value as a text: strings as they are, errors with their traces, else JSON as far as it goes. */
export function shown(value: unknown): string {
  if (value instanceof Error) {
    return wellFormed(`${value.name}: ${value.message}\n${host.mapStack(value.stack ?? '')}`);
  }
  if (typeof value !== 'object' || value === null) {
    return wellFormed(String(value));
  }
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
