import { expect, it } from 'vitest';
import { hasImage, parseNodeImages } from '../../../src/cluster/node-images.js';

/** `ctr images ls` of a node: an image loaded from docker's classic store, whose id is the configuration's digest, and one from containerd's. */
const images = parseNodeImages(`REF TYPE DIGEST SIZE PLATFORMS LABELS
docker.io/library/app:1 application/vnd.oci.image.manifest.v1+json sha256:manifest1 1.2 MiB linux/amd64 io.cri-containerd.image=managed
localhost/two:2         application/vnd.oci.image.index.v1+json    sha256:index2    9.8 KiB linux/amd64 -
sha256:config1          application/vnd.oci.image.manifest.v1+json sha256:manifest1 1.2 MiB linux/amd64 io.cri-containerd.image=managed
`);

it.each([
  ['the configuration of the classic store', { names: ['app:1'], id: 'sha256:config1' }, true],
  ['the manifest of containerd’s store', { names: ['app:1'], id: 'sha256:manifest1' }, true],
  ['an index, by the full name', { names: ['localhost/two:2'], id: 'sha256:index2' }, true],
  ['another build of the same name', { names: ['app:1'], id: 'sha256:config9' }, false],
  ['another image of the node’s', { names: ['localhost/two:2'], id: 'sha256:config1' }, false],
  ['a name that the node does not know', { names: ['app:1', 'app:new'], id: 'sha256:config1' }, false],
])('%s', (_, image, has) => {
  expect(hasImage(images, image)).toBe(has);
});
