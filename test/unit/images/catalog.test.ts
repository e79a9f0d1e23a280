import { describe, expect, it } from 'vitest';
import {
  helperNames,
  readBaseRecipe,
  readComponentRecipes,
  readHelperRecipe,
  readNodeRecipe,
} from '../../../src/images/catalog.js';
import { readVersions } from '../../../src/images/versions.js';

const minors = ['1.37', '1.36', '1.35', '1.34'];

describe('the catalog', () => {
  it('names the base image the same, wherever its root file system came from', async () => {
    expect((await readBaseRecipe('debian:trixie-slim')).reference).toBe(
      (await readBaseRecipe('localhost/dind64/debian:1')).reference,
    );
    expect((await readBaseRecipe('x')).buildArgs).toEqual({ DEBIAN: 'x' });
  });

  it.each(helperNames)('has a Dockerfile for %s that stands on the base image', async (name) => {
    const recipe = await readHelperRecipe(name, 'localhost/dind64/base:123');
    const dockerfile = recipe.files.find(({ path }) => path === 'Dockerfile')?.content.toString() ?? '';
    expect(dockerfile).toMatch(/^ARG BASE\nFROM \$\{BASE\}/m);
    expect(recipe.reference).toMatch(/^localhost\/dind64\/[a-z0-9]+:[0-9a-f]{12}$/);
    expect((await readHelperRecipe(name, 'localhost/dind64/base:456')).reference).not.toBe(recipe.reference);
  });

  it.each(minors)('builds Kubernetes %s from pinned versions', async (minor) => {
    const versions = await readVersions(minor);
    expect(versions.kubernetes.version).toMatch(new RegExp(`^${minor.replace('.', '\\.')}\\.\\d+$`));
    const components = await readComponentRecipes(versions, 'debian');
    const kubernetes = components.find(({ component }) => component.name === 'kubernetes')!.component;
    expect(kubernetes.buildArgs.LOCAL_REPLACE_VERSION).toBe(`v0.${versions.kubernetes.version.slice(2)}`);
    expect(kubernetes.buildArgs.LDFLAGS).toContain(
      `-X k8s.io/component-base/version.gitVersion=v${versions.kubernetes.version}`,
    );
    for (const { component, recipe } of components) {
      expect(component.buildArgs.VERSION).toMatch(/^v\d+\.\d+\.\d+$/);
      expect(recipe.files.map(({ path }) => path)).toEqual(['Dockerfile', 'build-component']);
    }
  });

  it('does not build Kubernetes again for another base image or another Debian', async () => {
    const versions = await readVersions('1.37');
    const [one, other] = await Promise.all(
      ['debian:trixie-slim', 'localhost/dind64/debian:1'].map((debian) => readComponentRecipes(versions, debian)),
    );
    expect(one!.map(({ recipe }) => recipe.reference)).toEqual(other!.map(({ recipe }) => recipe.reference));
    const nodes = await Promise.all(
      ['localhost/dind64/base:1', 'localhost/dind64/base:2'].map((base) => readNodeRecipe(versions, base, one!)),
    );
    expect(nodes[0]!.reference).not.toBe(nodes[1]!.reference);
    expect(nodes[0]!.buildArgs).toMatchObject({
      CNI_PLUGINS: expect.stringMatching(/^localhost\/dind64\/cni-plugins:/),
      KUBERNETES_VERSION: '1.37.2',
    });
    expect(nodes[0]!.files.map(({ path }) => path)).not.toContainEqual(expect.stringMatching(/^component\//));
  });

  it('builds etcd 3.6 from the root module, whose go.mod names no folder that is nowhere', async () => {
    const etcd = async (minor: string) =>
      (await readComponentRecipes(await readVersions(minor), 'd')).find(({ component }) => component.name === 'etcd')!
        .component.buildArgs;
    expect(await etcd('1.36')).toMatchObject({
      MODULE: 'go.etcd.io/etcd/v3',
      VERSION: 'v3.6.8',
      REQUIRE: 'go.etcd.io/etcd/server/v3@v3.6.8 go.etcd.io/etcd/etcdctl/v3@v3.6.8',
    });
    expect(await etcd('1.37')).toMatchObject({
      MODULE: 'go.etcd.io/etcd/server/v3',
      REQUIRE: 'go.etcd.io/etcd/etcdctl/v3@v3.7.0',
    });
  });

  it('refuses a version that it has no table for', async () => {
    await expect(readVersions('1.20')).rejects.toMatchObject({ code: 'k8s-version-unknown', source: 'user' });
  });

  it('uses nothing of BuildKit', async () => {
    const versions = await readVersions('1.37');
    const components = await readComponentRecipes(versions, 'debian');
    const recipes = [
      await readBaseRecipe('x'),
      components[0]!.recipe,
      await readNodeRecipe(versions, 'b', components),
      ...(await Promise.all(helperNames.map((name) => readHelperRecipe(name, 'b')))),
    ];
    for (const { files, name } of recipes) {
      const dockerfile = files.find(({ path }) => path === 'Dockerfile')!.content.toString();
      expect(dockerfile, name).not.toMatch(/--mount=|--link|<<|--chmod=|^# syntax/m);
    }
  });
});
