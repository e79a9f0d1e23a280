import { boxDirectory } from './configs.js';
import { sites } from './sites.js';
import { siteNames } from './zones.js';

/** Script for the box: makes a CA and one certificate for every site, in the instance's folder. */
export function renderCertificateScript(): string[] {
  // A wildcard directly below a top-level name is refused by TLS libraries.
  const names = [
    ...siteNames.map((name) => `DNS:${name}`),
    ...Object.values(sites)
      .flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6])
      .filter((address) => address !== undefined)
      .map((address) => `IP:${address}`),
  ];
  const script = `set -e; cd ${boxDirectory}/ca; umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 30 -subj '/CN=dind64 lab CA' -addext keyUsage=critical,keyCertSign,cRLSign
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=lab.test
printf '%s\\n' 'subjectAltName=${names.join(',')}' basicConstraints=CA:FALSE extendedKeyUsage=serverAuth >server.ext
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -days 30 -extfile server.ext -out server.crt
chmod 644 ca.crt; rm server.csr server.ext ca.key`;
  return ['bash', '-c', script];
}
