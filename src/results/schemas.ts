import { z } from 'zod';
import { aaaaResult } from './aaaa.js';
import { doctorReport } from './doctor.js';
import { dumpResult } from './dump.js';
import { clusterRecord } from '../plan/record.js';
import { outputEvent } from './event.js';
import { hostsFile } from '../settings/hosts-file.js';
import { hostsCheck } from './hosts-check.js';
import { hostsPlan } from './hosts-plan.js';
import { captureResult } from './capture.js';
import { nat64Result } from './nat64.js';
import { clusterStatus } from './status.js';
import { traceResult } from './trace.js';
import { verifyResult } from './verify.js';

/** The types that programs are given as JSON, by the verb whose `--json` prints them; `event`: a line of stderr with DIND_OUTPUT=json; `hosts`: the file that src/hosts reads (a Lazyjack config); `record`: what a cluster's host container keeps. */
export const resultTypes = {
  aaaa: aaaaResult,
  doctor: doctorReport,
  dump: dumpResult,
  event: outputEvent,
  hosts: hostsFile,
  'hosts-check': hostsCheck,
  'hosts-plan': hostsPlan,
  capture: captureResult,
  nat64: nat64Result,
  record: clusterRecord,
  status: clusterStatus,
  trace: traceResult,
  verify: verifyResult,
} as const satisfies Record<string, z.ZodType>;

export type ResultName = keyof typeof resultTypes;

/** The JSON schema (draft 2020-12) that is published as `schemas/<name>.schema.json`, as text. */
export function renderResultSchema(name: ResultName): string {
  const { $schema, ...rest } = z.toJSONSchema(resultTypes[name]);
  return `${JSON.stringify({ $schema, title: `dind64 ${name}`, ...rest }, null, 2)}\n`;
}
