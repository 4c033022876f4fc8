/** A client that takes its signals and queries from the file of workflows, as a client's own bundle has it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { newTenant, push } from "./server.js";
import { alone } from "./workflows.js";

const WORKFLOWS = fileURLToPath(new URL("../../../examples/approval/workflow-typescript/src/workflows.ts", import.meta.url));

test("a client uses what a file of workflows defines", async () => {
  const bundled = await build({ entryPoints: [WORKFLOWS], bundle: true, platform: "node", format: "esm", write: false });
  const code = Buffer.from(bundled.outputFiles[0]?.contents ?? []).toString("base64");
  const { approve, approveOrder, status } = await import(`data:text/javascript;base64,${code}`);

  const client = await newTenant();
  push("approval_typescript", client.options.namespace);
  const handle = await client.workflow.start(approveOrder, alone("o-1"));
  assert.equal(await handle.query(status), "waiting");
  await handle.signal(approve, { approver: "Ada" });
  assert.deepEqual(await handle.result(), { orderId: "o-1", approved: true, approver: "Ada" });
});
