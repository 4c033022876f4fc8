/** Tenants: how long each keeps its closed runs, and how one goes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, WorkflowNotFoundError } from "@temporalio/client";

import { client, newTenant, push, unique } from "./server.js";
import { hour, refusalOf, status, until } from "./workflows.js";

const service = client.workflowService;
const seconds = (count: number) => ({ seconds: count as never });

test("a namespace is registered, described, changed and deprecated", async () => {
  const namespace = unique("tenant");
  await service.registerNamespace({
    namespace,
    description: "first",
    workflowExecutionRetentionPeriod: seconds(72 * 3_600),
  });
  const described = await service.describeNamespace({ namespace });
  assert.equal(described.namespaceInfo?.description, "first");
  assert.equal(Number(described.config?.workflowExecutionRetentionTtl?.seconds), 72 * 3_600);
  const { namespaces } = await service.listNamespaces({});
  assert(namespaces.some((it) => it.namespaceInfo?.name === namespace));
  await service.updateNamespace({
    namespace,
    updateInfo: { description: "second" },
    config: { workflowExecutionRetentionTtl: seconds(3_600) },
  });
  const changed = await service.describeNamespace({ namespace });
  assert.equal(changed.namespaceInfo?.description, "second");
  assert.equal(Number(changed.config?.workflowExecutionRetentionTtl?.seconds), 3_600);
  await service.deprecateNamespace({ namespace });
  const tenant = new Client({ connection: client.connection, namespace });
  const start = tenant.workflow.start("echo", { workflowId: "echo", taskQueue: "work", args: [1] });
  assert.equal(await refusalOf(start), status.failedPrecondition);
});

test("a namespace is removed, and is not found any more", async () => {
  const namespace = unique("removed");
  await service.registerNamespace({ namespace });
  await client.connection.operatorService.deleteNamespace({ namespace });
  assert.equal(await refusalOf(service.describeNamespace({ namespace })), status.notFound);
});

test("closed runs go when their namespace keeps them no longer", { timeout: 60_000 }, async () => {
  const tenant = await newTenant();
  const { namespace } = tenant.options;
  push("test_guests", namespace);
  const options = (name: string) => ({ workflowId: unique(name), taskQueue: unique("queue"), args: [1] });
  const open = await tenant.workflow.start("sleeper", { ...options("open"), args: [hour] });
  const closed = await tenant.workflow.start("echo", options("closed"));
  assert.equal(await closed.result(), 1);
  await service.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: seconds(1) } });
  await until(async () => {
    try {
      await closed.describe();
      return false;
    } catch (error) {
      assert(error instanceof WorkflowNotFoundError, `${error}`);
      return true;
    }
  });
  assert.equal((await open.describe()).status.name, "RUNNING");
  await open.terminate();
});
