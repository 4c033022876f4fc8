/**
 * The worker's own count of what it really did: one line of JSON per executed activity.
 *
 * `cargo xtask demo` compares it with the server's journal. A worker of yours does not need it.
 */

import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

import type { Context } from "@temporalio/activity";
import type { ActivityInterceptorsFactory } from "@temporalio/worker";

export function ledger(path: string): ActivityInterceptorsFactory {
  // Lines this short, appended in one write, do not mix even if several workers share the file.
  const file = openSync(path, "a");
  process.on("exit", () => closeSync(file));
  return (context: Context) => ({
    inbound: {
      async execute(input, next) {
        const startedMs = Date.now();
        let outcome = "failed";
        try {
          const output = await next(input);
          outcome = "completed";
          return output;
        } finally {
          // On disk before the server can hear of it.
          const entry = {
            activity: context.info.activityType,
            workflowId: context.info.workflowExecution?.workflowId,
            orderId: orderIdOf(input.args[0]),
            attempt: context.info.attempt,
            outcome,
            startedMs,
            finishedMs: Date.now(),
          };
          writeSync(file, JSON.stringify(entry) + "\n");
          fsyncSync(file);
        }
      },
    },
  });
}

/** The order that an activity is about, where its argument says so. */
function orderIdOf(argument: unknown): string | null {
  if (typeof argument === "string") return argument;
  if (typeof argument === "object" && argument !== null && "orderId" in argument) return String(argument.orderId);
  return null;
}
