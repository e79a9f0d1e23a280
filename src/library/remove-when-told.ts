/** A program of its own (watch.ts): reads what to remove, and removes it when its input ends without another line. */
import { text } from 'node:stream/consumers';
import { removeCluster } from './remove.js';
import type { Watched } from './watch.js';

const [watched = '', end] = (await text(process.stdin)).trim().split('\n');
if (end === undefined && watched !== '') {
  const { options, env } = JSON.parse(watched) as Watched;
  await removeCluster(options, { env });
}
