/**
 * Connections to a running server. Its address comes in MAINSPRING_ADDRESS; the modules with the orders' and the
 * tests' workflows must have been pushed to it.
 */

import { randomUUID } from "node:crypto";
import { after } from "node:test";

import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Runtime, Worker, type WorkerOptions } from "@temporalio/worker";

const address = process.env.MAINSPRING_ADDRESS ?? "127.0.0.1:7233";

// Activities fail on purpose here; that is not worth a line each.
Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } });

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
