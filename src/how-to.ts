import { AsyncLocalStorage } from 'node:async_hooks';

/** A verb of dind64's and what stands behind it: `aaaa on`, `kubectl get nodes`. */
export type Invocation = string;

/** How a text names an invocation, `settings` (`DIND_NUM_WORKERS=0`) given. */
export type Wording = (invocation: Invocation, settings: string) => string;

/** Of those who started dind64; what is thrown and told deep inside of a verb is worded for them. */
const wording = new AsyncLocalStorage<Wording>();

/** Carries out `action`, whose texts name dind64's commands as `words` says. Without it they are the library's functions. */
export function wordFor<T>(words: Wording, action: () => T): T {
  return wording.run(words, action);
}

/**
 * A command of dind64's, as whoever reads the text can run it: `dind64 up`, or `createCluster()`. For the text of an error, a notice or a
 * result; never called while a module loads, when nobody has started anything yet.
 */
export function howTo(invocation: Invocation, settings = ''): string {
  return (wording.getStore() ?? asLibrary)(invocation, settings);
}

/** What a program calls; arguments of the command line are named where they matter. */
const asLibrary: Wording = (invocation, settings) => {
  const [verb = '', ...rest] = invocation.trim().split(' ');
  const call = calls[verb]?.(rest.join(' ')) ?? `${verb}()`;
  return settings === '' ? call : `${call} with ${settings}`;
};

const calls: Readonly<Record<string, (rest: string) => string>> = {
  up: () => 'createCluster()',
  down: () => 'cluster.remove()',
  clean: () => 'cluster.remove()',
  status: () => 'cluster.status()',
  verify: () => 'cluster.verify()',
  dump: () => 'cluster.dump()',
  kubeconfig: () => 'cluster.kubeconfig()',
  kubectl: (rest) => `cluster.kubectl(${JSON.stringify(rest.split(' '))})`,
  aaaa: (rest) => `cluster.setAaaaUse(${{ on: 'true', off: 'false' }[rest] ?? "'auto'"})`,
  'load-image': () => 'cluster.loadImages()',
  nat64: (rest) => `setNat64Engine('${rest}')`,
  attach: (rest) => `attach({ kind: '${rest.replace('--kind ', '')}' })`,
  detach: (rest) => `detach({ kind: '${rest.replace('--kind ', '')}' })`,
};
