import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/types.js';
import { ensureBusyboxImage } from '../support/busybox-image.js';
import { startTestEngine, whyNoEngine, type ImageStore, type TestEngine } from '../support/test-engine.js';
import { buildSuite } from './builds.js';
import { containerSuite } from './containers.js';
import { execSuite } from './exec.js';
import { fileSuite } from './files.js';
import { imageSuite } from './images.js';
import { networkSuite } from './networks.js';
import { pullSuite } from './pulls.js';
import { runSuite } from './run.js';
import { volumeSuite } from './volumes.js';

/** Every verb against a real engine with this image store. */
export function describeVerbs(imageStore: ImageStore): void {
  const reason = whyNoEngine();
  describe.skipIf(reason !== undefined)(
    `verbs, image store ${imageStore}${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    () => {
      let testEngine: TestEngine | undefined;
      const current = (): TestEngine => {
        if (testEngine === undefined) throw new Error('the engine has not started');
        return testEngine;
      };
      const engine = (): Engine => current().engine;
      beforeAll(async () => {
        testEngine = await startTestEngine(imageStore);
        await ensureBusyboxImage(testEngine.engine);
      });
      afterAll(async () => {
        await testEngine?.stop();
      });

      it('tells about itself', async () => {
        const info = await engine().info();
        expect(info).toMatchObject({
          containerdImageStore: imageStore === 'containerd',
          rootless: false,
          podman: false,
          desktop: false,
          userNamespaceRemap: false,
          firewallBackend: 'iptables',
          informsFirewalld: false,
          dataRoot: '/var/lib/docker',
        });
        expect(info.os).toBe(`linux/${info.arch}`);
        expect(Number(info.apiVersion.split('.')[1])).toBeGreaterThanOrEqual(48);
        expect(['1', '2']).toContain(info.cgroupVersion);
      });
      describe('images', () => imageSuite(engine));
      describe('pulls', () => pullSuite(current));
      describe('builds', () => buildSuite(engine));
      describe('networks', () => networkSuite(engine));
      describe('volumes', () => volumeSuite(engine));
      describe('containers', () => containerSuite(engine));
      describe('files', () => fileSuite(engine));
      describe('exec', () => execSuite(engine));
      describe('run', () => runSuite(engine));
    },
  );
}
