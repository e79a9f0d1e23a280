import type { DoctorReport } from '../results/doctor.js';
import type { VerifyResult } from '../results/verify.js';
import type { CollectedFile, MissingFile } from './source.js';

export interface IndexContent {
  clusterName: string;
  made: Date;
  /** The error that the dump was made for, as people are shown it. */
  failure: string | undefined;
  causes: readonly { seen: string; remedy: string }[];
  doctor: DoctorReport | undefined;
  verify: VerifyResult | undefined;
  files: readonly CollectedFile[];
  missing: readonly MissingFile[];
}

/** The page to start at: what failed, what the logs and `doctor` say, and all files by what they hold. No script, nothing from elsewhere. */
export function renderIndex({
  clusterName,
  made,
  failure,
  causes,
  doctor,
  verify,
  files,
  missing,
}: IndexContent): string {
  const findings = doctor?.findings.filter(({ status }) => status === 'failure' || status === 'warning') ?? [];
  const fault = (kind: 'failure' | 'warning', title: string, seen: string, remedy?: string): string =>
    `<p><b class="${kind}">${kind}: ${escapeHtml(title)}</b>: ${escapeHtml(seen)}${remedy === undefined ? '' : `<br><code>${escapeHtml(remedy)}</code>`}</p>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(clusterName)}: dump of dind64</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
pre { overflow-x: auto; background: #8882; padding: .5rem; white-space: pre-wrap; }
td, th { text-align: left; vertical-align: top; padding: .1rem 1rem .1rem 0; overflow-wrap: anywhere; }
.failure { color: #b00; } .warning { color: #a50; }
</style>
<h1>${escapeHtml(clusterName)}</h1>
<p>Made by dind64 at ${made.toISOString()}. What looks like a token, a key or a password was taken out; names and addresses of this machine's networks were not. Look it through before you give it away.</p>
${failure === undefined ? '' : `<h2>What failed</h2>\n<pre>${escapeHtml(failure)}</pre>\n`}${section(
    'What the logs tell of the engine host',
    causes.map(({ seen, remedy }) => `<pre>${escapeHtml(seen)}</pre>\n<p>${escapeHtml(remedy)}</p>`),
  )}${section(
    'What verify found',
    (verify?.findings ?? []).map(({ severity, hop, text, remedy }) =>
      fault(severity === 'wrong' ? 'failure' : 'warning', hop, text, remedy),
    ),
  )}${section(
    'What doctor found',
    findings.map(({ status, title, seen, remedy }) =>
      fault(status === 'failure' ? 'failure' : 'warning', title, seen, remedy),
    ),
  )}<h2>Files</h2>
<table>
${files.map(({ path, about, content }) => `<tr><td><a href="${escapeHtml(path.split('/').map(encodeURIComponent).join('/'))}">${escapeHtml(path)}</a><td>${escapeHtml(about)}<td>${formatBytes(content.length)}`).join('\n')}
</table>
${section(
  'What could not be read',
  missing.map(({ path, about, reason }) => `<p>${escapeHtml(path)} (${escapeHtml(about)}): ${escapeHtml(reason)}</p>`),
)}</html>
`;
}

function section(title: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `<h2>${title}</h2>\n${parts.join('\n')}\n`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} KB`;
}
