/** Workflows that run on their own. */

import type { Target } from './contract.js';
import type { SignalDefinition } from './definitions.js';
import { host } from './host.js';
import { Operation } from './operations.js';
import { type Encoded, encodeAll } from './payloads.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- as wide as authors' functions are */

/** Another workflow, be there one or not. */
export interface ExternalWorkflowHandle {
  readonly workflowId: string;
  readonly runId?: string;
  /** Sends a signal; done once the target has it. */
  signal<Args extends any[] = []>(def: SignalDefinition<Args> | string, ...args: Args): Promise<void>;
  /** Asks it to cancel; done once the target has the request. */
  cancel(): Promise<void>;
}

/** A handle of another workflow; of its current run if none is named. */
export function getExternalWorkflowHandle(workflowId: string, runId?: string): ExternalWorkflowHandle {
  const target = { workflowId, runId, childOnly: false };
  return {
    workflowId,
    ...(runId === undefined ? {} : { runId }),
    signal: (def, ...args) => signalExternal(target, def, args),
    cancel: () => new Promise((resolve, reject) => new Cancellation(target, resolve, reject).begin()),
  };
}

export function signalExternal(
  target: Target,
  def: SignalDefinition<any> | string,
  args: readonly unknown[],
): Promise<void> {
  const name = typeof def === 'string' ? def : def.name;
  return new Promise((resolve, reject) => new Signal(target, name, encodeAll(args), resolve, reject).begin());
}

class Signal extends Operation {
  constructor(
    private readonly target: Target,
    private readonly name: string,
    private readonly input: Encoded[],
    resolve: () => void,
    reject: (reason: unknown) => void,
  ) {
    super(resolve, reject);
  }

  protected ask(): number {
    return host.signalExternal(this.target, this.name, this.input, []);
  }
}

class Cancellation extends Operation {
  constructor(
    private readonly target: Target,
    resolve: () => void,
    reject: (reason: unknown) => void,
  ) {
    super(resolve, reject);
  }

  protected ask(): number {
    return host.cancelExternal(this.target, '');
  }
}
