import { describe, expect, it } from 'vitest';
import { renderVerifyHtml } from '../../src/verify/render-html.js';
import { withBrowserPage } from '../support/browser.js';
import { findObstacle, isRequired } from '../support/lab.js';
import { sampleVerify } from '../support/sample-verify.js';

const obstacle = findObstacle();

/** In a real Chromium. Not tried with another browser. */
describe.skipIf(obstacle !== undefined && !isRequired('hard'))('the page of verify', () => {
  it.each([360, 1280])('fits a window of %i pixels: nothing but the tables scrolls sideways', async (width) => {
    await withBrowserPage(renderVerifyHtml(sampleVerify), 'html', async (page) => {
      expect(await page.contentWidth(width)).toBeLessThanOrEqual(width);
      expect((await page.screenshot(width, 800)).subarray(1, 4).toString()).toBe('PNG');
    });
  });
});
