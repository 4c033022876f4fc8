// Plain JavaScript, so that a project can have this package by its path, without building it. index.d.ts describes it.

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';

/** `ServingStatus.SERVING` of grpc.health.v1. */
const SERVING = 1;

export class BuildError extends Error {
  name = 'BuildError';
}

export async function createTimeSkipping(workflows, options = {}) {
  const { program = process.env.MAINSPRING_PROGRAM ?? 'mainspring', ...others } = options;
  const directory = await mkdtemp(join(tmpdir(), 'mainspring-testing-'));
  try {
    const modules = [];
    for (const path of typeof workflows === 'string' ? [workflows] : workflows) {
      modules.push(await moduleOf(program, resolve(path), directory));
    }
    const path = await server(program, modules, directory);
    const env = await TestWorkflowEnvironment.createTimeSkipping({
      ...others,
      server: { executable: { type: 'existing-path', path } },
    });
    try {
      await modulesOf(env);
    } catch (error) {
      await env.teardown();
      throw error;
    }
    return env;
  } finally {
    // The server has read all of it by then.
    await rm(directory, { recursive: true, force: true });
  }
}

async function moduleOf(program, path, directory) {
  if (extname(path) === '.wasm') {
    return path;
  }
  const module = join(directory, `${basename(path, extname(path))}.wasm`);
  try {
    await promisify(execFile)(program, ['build', path, '--out', module]);
  } catch (error) {
    const { stdout = '', stderr = '' } = error;
    throw new BuildError(`${stdout}${stderr}`.trim() || String(error));
  }
  return module;
}

/** The server answers at once, and has the modules once they are compiled: a large one takes some seconds. */
async function modulesOf(env) {
  const { healthService } = env.connection;
  for (;;) {
    const { status } = await healthService.check({ service: 'mainspring.modules' });
    if (status === SERVING) {
      return;
    }
    await setTimeout(20);
  }
}

/** A program that is called as Temporal's test server is: with a port. */
async function server(program, modules, directory) {
  const command = [program, 'dev', '--ephemeral', '--skip-time', '--http-address', '127.0.0.1:0'];
  const path = join(directory, 'server');
  // Errors go to standard error; what else is said is for a person who looks on.
  const script = `exec ${command.map(quoted).join(' ')} --grpc-address "127.0.0.1:$1" -- ${modules.map(quoted).join(' ')} >/dev/null`;
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
