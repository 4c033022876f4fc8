/** Going on as a new run of the same workflow id. */

import type { Continuation } from './contract.js';
import type { Workflow } from './definitions.js';
import { type Duration, optionalMilliseconds } from './duration.js';
import { encodeProperties, encodeAll } from './payloads.js';
import { currentRun } from './run.js';
import { type SearchAttributePair, type SearchAttributes, searchAttributePayloads, type TypedSearchAttributes } from './search_attributes.js';

export interface ContinueAsNewOptions {
  /** The same as this run's if there is none. */
  workflowType?: string;
  taskQueue?: string;
  workflowRunTimeout?: Duration;
  workflowTaskTimeout?: Duration;
  /** How long the next run waits before it begins. */
  backoffStartInterval?: Duration;
  /** The same as this run's if there is none. */
  memo?: Record<string, unknown>;
  searchAttributes?: SearchAttributes;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
}

/** Thrown to end a run that continues as new. No error: let it pass. */
export class ContinueAsNew extends Error {
  /** @internal */
  constructor(readonly continuation: Continuation) {
    super('Workflow continued as new');
  }
}
Object.defineProperty(ContinueAsNew.prototype, 'name', { value: 'ContinueAsNew' });

/** A function that ends this run and starts the next one with its arguments. */
export function makeContinueAsNewFunc<F extends Workflow>(
  options: ContinueAsNewOptions = {},
): (...args: Parameters<F>) => Promise<never> {
  return async (...args) => {
    currentRun().assertMayCommand();
    const { searchAttributes, typedSearchAttributes, memo } = options;
    const hasAttributes = searchAttributes !== undefined || typedSearchAttributes !== undefined;
    throw new ContinueAsNew({
      workflowType: options.workflowType,
      taskQueue: options.taskQueue,
      input: encodeAll(args),
      headers: [],
      timeouts: {
        run: optionalMilliseconds(options.workflowRunTimeout),
        task: optionalMilliseconds(options.workflowTaskTimeout),
      },
      memo: memo && encodeProperties(memo),
      searchAttributes: hasAttributes ? searchAttributePayloads(searchAttributes, typedSearchAttributes) : undefined,
      backoff: optionalMilliseconds(options.backoffStartInterval),
    });
  };
}

/** Ends this run and starts the next one with other arguments. */
export function continueAsNew<F extends Workflow>(...args: Parameters<F>): Promise<never> {
  return makeContinueAsNewFunc<F>()(...args);
}
