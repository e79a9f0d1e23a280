import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findContainer, startContainer } from '../../../src/engine/containers.js';
import { putFiles } from '../../../src/engine/container-files.js';
import { findImage, removeImage } from '../../../src/engine/images.js';
import { findNetwork } from '../../../src/engine/networks.js';
import { openConnection, type Connection } from '../../../src/engine/transport.js';
import { findVolume } from '../../../src/engine/volumes.js';

let directory: string;
let server: Server;
let asked: string[];
let connection: Connection;

/** As moby's router answers a path that is not clean: with a redirect, which here leads to another server's door. */
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'dind64-requests-'));
  asked = [];
  const socket = path.join(directory, 'engine.sock');
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(301, { location: 'http://[::1]:1/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  connection = openConnection({
    url: `unix://${socket}`,
    source: 'the default',
    address: { kind: 'unix', path: socket },
  });
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

it.each(['', '.', '..', './app.tar', '../../x', '/etc', 'a//b', 'a/../b', 'a?b', 'a#b', 'a b', '%2e%2e', 'a\nb'])(
  'nothing of the name `%s` is asked for: there is none',
  async (name) => {
    expect(await findImage(connection, name)).toBeUndefined();
    expect(await findContainer(connection, name)).toBeUndefined();
    expect(await findNetwork(connection, name)).toBeUndefined();
    expect(await findVolume(connection, name)).toBeUndefined();
    await removeImage(connection, name);
    await expect(startContainer(connection, name)).rejects.toMatchObject({ code: 'engine-object-absent', exitCode: 1 });
    await expect(putFiles(connection, name, '/', [])).rejects.toMatchObject({ code: 'engine-object-absent' });
    expect(asked).toEqual([]);
  },
);

it.each(['debian', 'kindest/node:v1.37.2@sha256:0abc', 'sha256:0abc', 'localhost:5000/a/b__c:1', '[::1]:5000/a:1'])(
  'a redirect is not followed: %s',
  async (name) => {
    await expect(findImage(connection, name)).rejects.toMatchObject({
      code: 'engine-failed',
      observed: expect.stringContaining('redirects') as unknown,
    });
    expect(asked).toEqual([`/images/${name}/json`]);
  },
);
