/** Paths of a workflow's code that older runs do not take. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { defaultPayloadConverter } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone } from "./workflows.js";

test("a patch, and one that no run takes otherwise any more, are in the history", async () => {
  const options = alone();
  const noop = async (i: number) => i;
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("versions", options);
    assert.equal(await handle.result(), true);
    const { events } = await handle.fetchHistory();
    const markers = (events ?? []).flatMap((event) => event.markerRecordedEventAttributes ?? []);
    assert.deepEqual(new Set(markers.map((marker) => marker.markerName)), new Set(["core_patch"]));
    const patches = markers.map((marker) => {
      const [payload] = marker.details?.["patch-data"]?.payloads ?? [];
      assert(payload);
      return defaultPayloadConverter.fromPayload(payload);
    });
    assert.deepEqual(patches, [
      { id: "change", deprecated: false },
      { id: "older-change", deprecated: true },
    ]);
  });
});
