import { badValue } from './definition.js';
import type { Settings } from './types.js';

/** `ptp`, `none`, or a manifest: an http(s) URL, or a path (with a slash, or ending in .yaml, .yml or .json). */
export function parseCni(text: string): Settings['cni'] {
  if (text === 'ptp' || text === 'none') return { kind: text };
  if (/^https?:\/\/[^\s/]+\/\S*$/.test(text)) return { kind: 'manifest', source: text };
  if (text.includes('://')) throw badValue('is not an http or https URL');
  if (text.includes('/') || /\.(ya?ml|json)$/.test(text)) return { kind: 'manifest', source: text };
  if (text === 'bridge') throw badValue('is a plugin that dind64 does not set up', 'did you mean `ptp`?');
  throw badValue('is neither a word it knows nor a manifest', `for another CNI give its manifest: ./${text}.yaml`);
}
