import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { testImage } from './sites.js';

/**
 * Writes the test image (static busybox with its applets as links, so a pod of it can use wget, nc, ping, nslookup) into
 * the folder of a docker-registry, in the layout of its file system driver. Returns the manifest's digest.
 */
export async function writeTestImage(registryDirectory: string, rootfs: string): Promise<string> {
  const busybox = await readFile(join(rootfs, 'usr/bin/busybox'));
  const layer = await packLayer(busybox);
  const compressed = await promisify(gzip)(layer, { level: 1 });
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: { Env: ['PATH=/bin'], Cmd: ['sh', '-c', politeSleep], Labels: { 'test.dind64.lab': 'hello' } },
      rootfs: { type: 'layers', diff_ids: [digest(layer)] },
      history: [{ created_by: 'dind64 lab' }],
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digest(config),
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          size: compressed.length,
          digest: digest(compressed),
        },
      ],
    }),
  );
  const base = join(registryDirectory, 'docker/registry/v2');
  const repository = join(base, 'repositories', testImage.repository);
  await Promise.all(
    [compressed, config, manifest].map((blob) => write(join(base, 'blobs', ...blobPath(digest(blob)), 'data'), blob)),
  );
  await Promise.all([
    ...[compressed, config].map((blob) => write(join(repository, '_layers', ...linkPath(digest(blob))), digest(blob))),
    write(join(repository, '_manifests/revisions', ...linkPath(digest(manifest))), digest(manifest)),
    write(join(repository, '_manifests/tags', testImage.tag, 'current/link'), digest(manifest)),
    write(join(repository, '_manifests/tags', testImage.tag, 'index', ...linkPath(digest(manifest))), digest(manifest)),
  ]);
  return digest(manifest);
}

// As PID 1 it has to answer SIGTERM itself, or every stop takes its whole grace period.
const politeSleep = 'trap "exit 0" TERM; echo hello from registry.test; while :; do sleep 3600 & wait $!; done';

const applets = [
  'sh',
  'ash',
  'wget',
  'nc',
  'ping',
  'ping6',
  'nslookup',
  'cat',
  'echo',
  'sleep',
  'ip',
  'ls',
  'head',
  'tail',
  'wc',
  'sha256sum',
  'dd',
  'httpd',
  'hostname',
  'id',
  'env',
  'timeout',
  'true',
  'false',
  'grep',
  'sed',
  'awk',
  'seq',
  'date',
  'mkdir',
  'rm',
  'cp',
  'test',
  'traceroute',
  'traceroute6',
  'telnet',
  'ps',
  'kill',
  'od',
  'tr',
  'cut',
  'sort',
  'printf',
];

async function packLayer(busybox: Buffer): Promise<Buffer> {
  const archive = pack();
  const mtime = new Date(0);
  for (const name of ['bin', 'etc', 'tmp'])
    archive.entry({ name, type: 'directory', mode: name === 'tmp' ? 0o1777 : 0o755, mtime });
  archive.entry({ name: 'bin/busybox', mode: 0o755, mtime }, busybox);
  for (const applet of applets) archive.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox', mtime });
  archive.entry({ name: 'etc/passwd', mtime }, 'root:x:0:0:root:/:/bin/sh\n');
  archive.finalize();
  return buffer(archive);
}

const digest = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const blobPath = (id: string): string[] => ['sha256', id.slice(7, 9), id.slice(7)];
const linkPath = (id: string): string[] => ['sha256', id.slice(7), 'link'];

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
