/** Runs the order's activities with the official Temporal SDK. No workflow is registered here: Mainspring runs it. */

import { NativeConnection, Worker } from "@temporalio/worker";

import * as activities from "./activities.js";
import { ledger } from "./ledger.js";

const address = process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233";
const namespace = process.env.TEMPORAL_NAMESPACE ?? "default";
const taskQueue = "orders";
const ledgerPath = process.env.ORDER_LEDGER;

const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue,
  activities,
  interceptors: { activity: ledgerPath ? [ledger(ledgerPath)] : [] },
});
console.log(`worker ready: task queue '${taskQueue}' at ${address}`);
await worker.run(); // until SIGINT or SIGTERM
await connection.close();
