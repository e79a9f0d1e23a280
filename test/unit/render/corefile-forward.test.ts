import { describe, expect, it } from 'vitest';
import { findForwardTarget, redirectForward, restoreForward } from '../../../src/render/corefile-forward.js';

/** As kubeadm 1.37 writes it. */
const kubeadms = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;
const dns64 = 'fc00:f853:ccd:e793:ffff:ffff:ffff:104';

describe('redirectForward', () => {
  it("changes the targets of kubeadm's Corefile and not one byte else", () => {
    expect(redirectForward(kubeadms, dns64)).toBe(kubeadms.replace('/etc/resolv.conf', dns64));
  });

  it.each([
    ['several targets', 'forward . 192.0.2.1 192.0.2.2 {', `forward . ${dns64} {`],
    ['no block', 'forward . tls://192.0.2.1', `forward . ${dns64}`],
    ['a comment behind', 'forward . 192.0.2.1 # ours', `forward . ${dns64} # ours`],
    ['tabs', '\tforward\t.\t192.0.2.1\t{', `\tforward\t.\t${dns64}\t{`],
  ])('knows a line with %s', (_, line, redirected) => {
    expect(redirectForward(`.:53 {\n${line}\n`, dns64)).toBe(`.:53 {\n${redirected}\n`);
  });

  // Seen to fail with the first of several lines redirected, and with a comment taken for a line.
  it.each([
    ['none', '.:53 {\n  hosts\n}\n'],
    ['several', `${kubeadms}example.org:53 {\n    forward . 192.0.2.1\n}\n`],
    ['a comment alone', '.:53 {\n  # forward . 192.0.2.1\n}\n'],
    ['that of one zone alone', '.:53 {\n  forward example.org 192.0.2.1\n}\n'],
  ])('refuses a Corefile with %s, with the lines to put in', (_, corefile) => {
    let hint: string | undefined;
    try {
      redirectForward(corefile, dns64);
    } catch (error) {
      expect(error).toMatchObject({ code: 'corefile-custom', exitCode: 2 });
      hint = (error as { hint?: string }).hint;
    }
    expect(hint).toContain(`forward . ${dns64}`);
  });
});

describe('restoreForward', () => {
  it('gives the original byte for byte where only our line differs', () => {
    expect(restoreForward(redirectForward(kubeadms, dns64), kubeadms)).toBe(kubeadms);
  });

  // Seen to fail with the original put back whatever is there.
  it('keeps what somebody else has changed since', () => {
    const changed = redirectForward(kubeadms, dns64).replace('cache 30', 'cache 5');
    expect(restoreForward(changed, kubeadms)).toBe(kubeadms.replace('cache 30', 'cache 5'));
  });

  it('leaves alone what has no single forward line any more', () => {
    expect(restoreForward('.:53 {\n}\n', kubeadms)).toBeUndefined();
  });
});

it('finds no target where it is not clear which is meant', () => {
  expect(findForwardTarget(kubeadms)).toBe('/etc/resolv.conf');
  expect(findForwardTarget(`${kubeadms}${kubeadms}`)).toBeUndefined();
});
