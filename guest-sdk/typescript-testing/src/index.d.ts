/**
 * Tests of workflows: the module itself, on a server that skips time, with activities of the test's own.
 *
 * The environment is that of Temporal's TypeScript SDK, so tests are written as for Temporal: a worker with mocked
 * activities, the environment's client, and a week that is over at once.
 */

import type { TestWorkflowEnvironment, TimeSkippingTestWorkflowEnvironmentOptions } from '@temporalio/testing';

/** What can be chosen about an environment. */
export interface Options extends Omit<TimeSkippingTestWorkflowEnvironmentOptions, 'server'> {
  /** The `mainspring` program; `$MAINSPRING_PROGRAM`, or the one on the path, if it is left out. */
  program?: string;
}

/** A module could not be built; the message is what `mainspring build` said. */
export declare class BuildError extends Error {}

/**
 * Starts a server with these workflows that skips time while a workflow's result is awaited.
 *
 * @param workflows Modules (`.wasm`), or sources, which are built first: a TypeScript file, a Python file or package,
 * the directory of a Rust crate.
 */
export declare function createTimeSkipping(
  workflows: string | readonly string[],
  options?: Options,
): Promise<TestWorkflowEnvironment>;
