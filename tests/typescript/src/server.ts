/**
 * Connections to a running server. Its address comes in MAINSPRING_ADDRESS; the modules with the orders' and the
 * tests' workflows must have been pushed to it. What Temporal has no method for, an operator does with the program at
 * MAINSPRING_TEST_SERVER, and the modules in MAINSPRING_TEST_MODULES.
 */

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { after } from "node:test";

import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Runtime, Worker, type WorkerOptions } from "@temporalio/worker";

const address = process.env.MAINSPRING_ADDRESS ?? "127.0.0.1:7233";

// Activities fail on purpose here; that is not worth a line each.
const logger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
// Workers that are looked for in a list say soon that they are there.
Runtime.install({ logger, workerHeartbeatInterval: "1s" });

const connection = await Connection.connect({ address });
const workerConnection = await NativeConnection.connect({ address });

export const client = new Client({ connection });

after(async () => {
  await connection.close();
  await workerConnection.close();
});

/** A name that no other test uses. */
export function unique(name: string): string {
  return `${name}-${randomUUID()}`;
}

/** Does what operators do by command. */
export function mainspring(...command: string[]): void {
  const program = process.env.MAINSPRING_TEST_SERVER ?? "mainspring";
  execFileSync(program, [...command, "--address", address], { stdio: ["ignore", "ignore", "inherit"] });
}

type Module = "test_guests" | "test_guests_swapped" | "typescript_features" | "approval_typescript";

/** Uploads a module with the tests' workflows, which takes the place of the one before. */
export function push(module: Module, namespace: string): void {
  const file = `${process.env.MAINSPRING_TEST_MODULES}/${module}.wasm`;
  mainspring("module", "push", file, "--name", "guests", "--namespace", namespace);
}

/** A client of a namespace that no other test uses. There are no workflows in it yet. */
export async function newTenant(): Promise<Client> {
  const namespace = unique("tenant");
  await connection.workflowService.registerNamespace({ namespace });
  return new Client({ connection, namespace });
}

/** Runs `body` while a worker with these activities, and no workflow, polls the task queue. */
export async function withWorker<T>(
  taskQueue: string,
  activities: object,
  body: () => Promise<T>,
  limits: Partial<WorkerOptions> = {},
): Promise<T> {
  const worker = await Worker.create({ connection: workerConnection, taskQueue, activities, ...limits });
  return worker.runUntil(body);
}
