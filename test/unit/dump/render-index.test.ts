// Seen to fail without the escapes, and with links that are not encoded.
import { expect, it } from 'vitest';
import { renderIndex } from '../../../src/dump/render-index.js';

const content = {
  clusterName: 'kubeadm-dind',
  made: new Date('2026-11-23T10:11:12Z'),
  failure: undefined,
  causes: [],
  doctor: undefined,
  verify: undefined,
  missing: [],
  files: [{ path: 'nodes/a b/x.log', about: 'a log', content: 'x'.repeat(3000) }],
};

it('what failed comes first, and nothing that was read becomes markup', () => {
  const page = renderIndex({
    ...content,
    failure: '<script>alert(1)</script>',
    causes: [{ seen: 'no space left & "more"', remedy: 'free <some>' }],
    missing: [{ path: 'cluster/nodes.yaml', about: 'nodes', reason: '<dead>' }],
    verify: {
      cluster: 'c',
      mode: { aaaa: false, reason: 'r' },
      startedAt: '2026-11-23T10:11:12Z',
      durationMs: 1,
      outcome: 'wrong',
      findings: [{ hop: 'nat64', text: 'is <down>', severity: 'wrong', cells: 3 }],
      sources: [],
      targets: [],
      cells: [],
    },
    doctor: {
      cluster: 'c',
      counts: { ok: 0, warning: 0, failure: 1, unknown: 0 },
      durationMs: 1,
      findings: [
        { id: 'disk', title: 'disk', status: 'failure', looked: 'space', seen: '0 < 1', remedy: 'rm' },
        { id: 'clock', title: 'clock', status: 'ok', looked: 'time', seen: 'fine' },
      ],
    },
  });
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page.match(/<(?!\/?(?:html|meta|title|style|h1|h2|p|pre|b|br|code|table|tr|td|a)\b|!doctype)/g)).toBeNull();
  expect(page.indexOf('What failed')).toBeLessThan(page.indexOf('free &lt;some&gt;'));
  expect(page.indexOf('free &lt;some&gt;')).toBeLessThan(page.indexOf('is &lt;down&gt;'));
  expect(page.indexOf('is &lt;down&gt;')).toBeLessThan(page.indexOf('0 &lt; 1'));
  expect(page).toContain('cluster/nodes.yaml (nodes): &lt;dead&gt;');
  expect(page).not.toContain('fine');
});

it('files by what they hold, and no empty chapters', () => {
  const page = renderIndex(content);
  expect(page).toContain('<a href="nodes/a%20b/x.log">nodes/a b/x.log</a><td>a log<td>3 KB');
  expect(page).not.toMatch(/What failed|could not be read|doctor found|verify found|logs tell/);
});
