import { remedyForeignObject } from '../../cluster/foreign-objects.js';
import { describeMissingRules, missingRulesRemedy } from '../../host/engine-rules.js';
import { checkOf, failure, ok, warning, type Check } from '../check.js';
import { howTo } from '../../how-to.js';

export const engineAnswers: Check = {
  id: 'engine',
  title: 'Docker engine',
  looked: "GET /version and GET /info of the engine that Docker's own client would use",
  evaluate: ({ engine, engineProblem, mayEmbed }) => {
    if ('known' in engine) {
      const { info, endpoint } = engine.known;
      return ok(
        `Docker ${info.version} (API ${info.apiVersion}) at ${endpoint}, Linux ${info.kernel} ${info.arch}${info.desktop ? ', in a virtual machine' : ''}`,
      );
    }
    if (mayEmbed) return warning(engine.unknown, `${howTo('up')}     # starts an engine of dind64's own`);
    return failure(engine.unknown, engineProblem?.hint);
  },
};

export const engineIpv6 = checkOf(
  {
    id: 'engine-ipv6',
    title: 'IPv6 of the engine',
    looked: "API version (IPv6-only networks need 1.48) and the engine's own packet rules",
  },
  ['engine', 'machine'],
  ({ engine: { info }, machine }) => {
    const missing = machine.seesRules ? describeMissingRules(machine.engineRules) : undefined;
    if (missing !== undefined) return warning(missing, missingRulesRemedy);
    return ok(`IPv6-only networks can be made (API ${info.apiVersion}); packet rules by ${info.firewallBackend}`);
  },
);

export const freeNames = checkOf(
  {
    id: 'names',
    title: 'names',
    looked: "containers, networks and volumes that bear the cluster's names and are not its own",
  },
  ['engine'],
  ({ engine: { foreignObjects } }, { settings }) => {
    const [first] = foreignObjects;
    if (first === undefined) return ok(`nothing is in the way of ${settings.clusterName}`);
    return failure(
      foreignObjects.map(({ kind, name }) => `there is a ${kind} ${name} that is not of this cluster`).join('; '),
      remedyForeignObject(first),
    );
  },
);
