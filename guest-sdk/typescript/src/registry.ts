/** The workflows of this module, by their types. */

import type { Workflow } from './definitions.js';

const workflows = new Map<string, Workflow>();
let otherwise: Workflow | undefined;

/** Registers what a module of workflows exports: functions, by their names; the default one takes every other type. */
export function register(exported: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(exported)) {
    if (typeof value !== 'function') {
      continue;
    }
    if (name === 'default') {
      otherwise = value as Workflow;
    } else {
      workflows.set(name, value as Workflow);
    }
  }
}

/** The types that the module has; `undefined` is the one that takes all others. */
export function workflowTypes(): (string | undefined)[] {
  const names: (string | undefined)[] = [...workflows.keys()].sort();
  return otherwise === undefined ? names : [...names, undefined];
}

/** The workflow of a type. */
export function workflowOf(workflowType: string): Workflow {
  const workflow = workflows.get(workflowType) ?? otherwise;
  if (workflow === undefined) {
    const known = [...workflows.keys()].join(', ');
    throw new TypeError(`this module exports no workflow ${workflowType}; it exports: ${known}`);
  }
  return workflow;
}

/** The type of a workflow, or the name itself. */
export function nameOf(workflow: string | Workflow): string {
  if (typeof workflow === 'string') {
    return workflow;
  }
  for (const [name, registered] of workflows) {
    if (registered === workflow) {
      return name;
    }
  }
  if (workflow.name === '') {
    throw new TypeError('Invalid workflow type: the workflow function is anonymous');
  }
  return workflow.name;
}
