// Plain JavaScript, so that a project can have this package by its path, without building it. index.d.ts describes it.

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';

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
    return await TestWorkflowEnvironment.createTimeSkipping({
      ...others,
      server: { executable: { type: 'existing-path', path } },
    });
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
