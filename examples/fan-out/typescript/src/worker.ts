/** Measures items, with the official Temporal SDK. */

import { NativeConnection, Worker } from "@temporalio/worker";

import * as activities from "./activities.js";

const address = process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233";
const namespace = process.env.TEMPORAL_NAMESPACE ?? "default";
const taskQueue = "measurements";

const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({ connection, namespace, taskQueue, activities, maxConcurrentActivityTaskExecutions: 200 });
console.log(`worker ready: task queue '${taskQueue}' at ${address}`);
await worker.run(); // until SIGINT or SIGTERM
await connection.close();
