/** An image reference, taken apart by the rules of distribution/reference. */
export interface ImageReference {
  /** `docker.io` when none is given. */
  registry: string;
  /** `library/debian`. */
  repository: string;
  tag: string | undefined;
  digest: string | undefined;
}

/** Parses `[registry/]repository[:tag][@digest]`. */
export function parseImageReference(text: string): ImageReference {
  const [named = '', digest] = text.split('@', 2);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const name = tagged ? named.slice(0, colon) : named;
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  // Only a first part that looks like a host is one.
  const hasRegistry = slash > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = !hasRegistry || first === 'index.docker.io' ? 'docker.io' : first;
  const path = hasRegistry ? name.slice(slash + 1) : name;
  return {
    registry,
    repository: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path,
    tag: tagged ? named.slice(colon + 1) : undefined,
    digest,
  };
}

/** The name that a node's containerd and its kubelet know an image by: `app` is `docker.io/library/app:latest`, `localhost/app:1` stays. */
export function qualifyImageName(text: string): string {
  const { registry, repository, tag, digest } = parseImageReference(text);
  return `${registry}/${repository}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}

/** Whether an engine may have an image of this name, digest or id: a reference's letters, and no part that is empty or of dots alone. */
export function isImageName(text: string): boolean {
  return (
    /^[a-z0-9[][\w.:[\]/-]*(@[\w+.-]+:[0-9a-f]+)?$/i.test(text) && text.split('/').every((part) => /[^.]/.test(part))
  );
}
