import { expect, test } from 'vitest';
import { renderVerifyHtml } from '../../../src/verify/render-html.js';
import { renderVerifyJunit } from '../../../src/verify/render-junit.js';
import { renderVerifyText } from '../../../src/verify/render-text.js';
import { expectPublished } from '../../support/published-schema.js';
import { sampleVerify } from '../../support/sample-verify.js';

test('the sample is what is published', () => {
  expectPublished('verify', sampleVerify);
});

test('text: one row a target, one column a source, then what is wrong', () => {
  const text = renderVerifyText(sampleVerify);
  expect(text.replaceAll(/ {2,}/g, '  ').split('\n')).toEqual([
    'kubeadm-dind: AAAA use is on (DIND_ALLOW_AAAA_USE=true)',
    '',
    '  EXPECTED  pod@w1  pod@w2  host',
    'v4only.test  NAT64  ok 7/8  ok',
    'a-very-long-name-of-a-site-that-somebody-has-in-a-company.internal.example.com:8443  IPv6  1 of 2 WRONG',
    '',
    'WRONG pod on kubeadm-dind-worker-1 -> a-very-long-name-of-a-site-that-somebody-has-in-a-company.internal.example.com:8443 TCP 8443: timed out (2001:db8:100::11, 4 ms, by IPv6) [host-rules]',
    '',
    'WRONG [host-rules] rules on the engine host are <missing>: masquerade "DIND64-NAT-kubeadm-dind" (2 cells)',
    '  `npm run up` puts rules right',
    'WRONG [container] NAT64 is dead',
    '',
    'wrong: 8 cells as expected, 1 wrong, 1 not verified (the engine host gets no answer either, or nothing is promised), 1 not tried, in 9.1 s',
    '',
  ]);
  expect(text.split('\n')[3]?.indexOf('NAT64')).toBe(text.split('\n')[2]?.indexOf('EXPECTED'));
  expect(renderVerifyText(sampleVerify, true)).toContain(
    'ok pod on kubeadm-dind-worker-1 -> v4only.test HTTP 80: connected (fd00:10:64:ff9b::c633:640a, 4 ms, by NAT64, seen as 203.0.113.2)\n',
  );
});

test('JUnit: a suite for each source and one for the parts', () => {
  const xml = renderVerifyJunit(sampleVerify);
  expect(xml).toContain(
    '<testsuite name="parts of the cluster" timestamp="2026-11-23T20:00:00.123Z" tests="1" failures="1" errors="0" skipped="0">',
  );
  expect(xml).toContain(
    '<testsuite name="pod on kubeadm-dind-worker-1" timestamp="2026-11-23T20:00:00.123Z" tests="10" failures="1" errors="0" skipped="2">',
  );
  expect(xml).toContain('name="v4only.test HTTP 80" time="0.004"/>');
  expect(xml).toContain(
    '<failure type="timed-out" message="timed out">expected: reached (AAAA use is on); host-rules: rules on the engine host are &lt;missing&gt;</failure>',
  );
});

test('the page: no script, nothing loaded, nothing of a name taken for markup', () => {
  const page = renderVerifyHtml(sampleVerify);
  expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import|<missing>/);
  expect(page).toContain(
    'rules on the engine host are &lt;missing&gt;: masquerade &quot;DIND64-NAT-kubeadm-dind&quot;',
  );
  expect(page.match(/<details class="(ok|wrong|unverified|untried)">/g)).toHaveLength(11);
  expect(page).toContain('<p class="wrong">no pod runs there</p>');
});
