/** What a workflow in TypeScript says of itself, which is known once it runs. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { WorkflowHandle } from "@temporalio/client";

import { newTenant, push } from "./server.js";
import { alone, until } from "./workflows.js";

interface Metadata {
  definition: Record<string, unknown>;
  currentDetails: string;
}

const metadataOf = (handle: WorkflowHandle): Promise<Metadata> => handle.query("__temporal_workflow_metadata");

test("a workflow says what it handles, and where it is", async () => {
  const client = await newTenant();
  push("typescript_features", client.options.namespace);
  const handle = await client.workflow.start("introduces_itself", alone());
  assert.deepEqual(await metadataOf(handle), {
    definition: {
      type: "introduces_itself",
      signalDefinitions: [{ name: "end", description: "Ends it." }],
      queryDefinitions: [
        { name: "isOver", description: "" },
        { name: "", description: "" },
      ],
      updateDefinitions: [{ name: "endNow", description: "Ends it, and says so." }],
    },
    currentDetails: "**waiting**",
  });
  await handle.signal("end");
  await handle.result();
  // A closed run answers, too.
  const { definition, currentDetails } = await metadataOf(handle);
  assert.deepEqual([definition.signalDefinitions, currentDetails], [[], "over"]);
});

test("a blocked run says its type", { timeout: 30_000 }, async () => {
  const client = await newTenant();
  push("typescript_features", client.options.namespace);
  const handle = await client.workflow.start("bug", alone());
  await until(async () => "mainspring.blocked" in ((await handle.describe()).memo ?? {}));
  // Its guest cannot be asked, so the host answers, in the message that it has for all languages.
  const { queryResult } = await client.workflowService.queryWorkflow({
    namespace: client.options.namespace,
    execution: { workflowId: handle.workflowId },
    query: { queryType: "__temporal_workflow_metadata" },
  });
  const metadata: Metadata = JSON.parse(new TextDecoder().decode(queryResult?.payloads?.[0]?.data ?? undefined));
  assert.equal(metadata.definition.type, "bug");
  await handle.terminate();
});
