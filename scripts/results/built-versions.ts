import { readFileSync } from 'node:fs';
import { readVersions } from '../../src/images/versions.js';

/** The versions that are built today, of one minor: a row of images/node/versions.json. */
export interface BuiltVersion {
  version: string;
  etcd: string;
  coredns: string;
}

/** Every Kubernetes minor that dind64 builds. */
export async function readBuiltVersions(): Promise<Record<string, BuiltVersion>> {
  const { kubernetes } = JSON.parse(readFileSync('images/node/versions.json', 'utf8')) as {
    kubernetes: Record<string, unknown>;
  };
  return Object.fromEntries(
    await Promise.all(
      Object.keys(kubernetes).map(async (minor) => [minor, (await readVersions(minor)).kubernetes] as const),
    ),
  );
}
