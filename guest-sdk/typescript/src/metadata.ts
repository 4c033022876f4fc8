/** What a workflow says of itself to tools. Its handlers are known only once it runs, so the host asks it, and not the module's manifest. */

import { defineQuery } from './definitions.js';
import type { Run } from './run.js';

/** Temporal's message of that name, as JSON has it. */
export interface WorkflowMetadata {
  definition: {
    type: string;
    signalDefinitions: HandlerMetadata[];
    queryDefinitions: HandlerMetadata[];
    updateDefinitions: HandlerMetadata[];
  };
  currentDetails: string;
}

export interface HandlerMetadata {
  /** Empty for the one that takes all that no other has. */
  name: string;
  description: string;
}

/** What a workflow handles, and what it says of its present state. */
export const workflowMetadataQuery = defineQuery<WorkflowMetadata>('__temporal_workflow_metadata');

/** Where a workflow stands. The host answers it. */
export const stackTraceQuery = defineQuery<string>('__stack_trace');

export function metadataOf(run: Run): WorkflowMetadata {
  return {
    definition: {
      type: run.workflowType,
      signalDefinitions: metadataOfHandlers(run.signals, run.defaults.signal),
      queryDefinitions: metadataOfHandlers(run.queries, run.defaults.query),
      updateDefinitions: metadataOfHandlers(run.updates, run.defaults.update),
    },
    currentDetails: run.currentDetails,
  };
}

/** Those that are set at the moment, by their names. */
function metadataOfHandlers(
  handlers: ReadonlyMap<string, { description?: string | undefined }>,
  otherwise: unknown,
): HandlerMetadata[] {
  const named = [...handlers].map(([name, { description }]) => ({ name, description: description ?? '' }));
  named.sort((one, other) => (one.name < other.name ? -1 : 1));
  return otherwise === undefined ? named : [...named, { name: '', description: '' }];
}
