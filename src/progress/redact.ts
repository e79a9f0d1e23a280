import { hideCredentials } from '../settings/credentials.js';

const mask = '***';

const secretName = String.raw`[\w.-]*(?:token|password|passwd|secret|authorization|registry-auth|certificate-?key|client-key-data|auth)`;
/** A field of the line itself: `"name":"any text"`. */
const secretFields = new RegExp(String.raw`("${secretName}":)"(?:[^"\\]|\\.)*"`, 'gi');
/** A field of YAML or JSON text inside of a string: `name: value`, `\"name\":\"value\"`. */
const innerFields = new RegExp(String.raw`(${secretName}(?:\\+")?:\s*(?:\\+")?)[^"\\\s,}]+`, 'gi');
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs;
/** kubeadm's bootstrap tokens: six and sixteen of [a-z0-9]. */
const bootstrapToken = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g;
/** The same in base64, as kubeconfigs and Secrets have it; certificates, which begin alike, are no secret. */
const encodedKey = /LS0tLS1CRUdJTi(?!BDRVJU)[\w+/=]{20,}/g;
/** Tokens of service accounts (RFC 7519): header, body, signature. */
const jsonWebToken = /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g;
const bearer = /\b(Bearer|Basic) [\w.~+/=-]{8,}/g;
const flags = /(--(?:token|password|certificate-key|discovery-token)[= ])[^\s"\\]+/g;

/** A log line without what would let its reader in: tokens, keys, passwords, credentials in URLs. */
export function redact(line: string): string {
  return hideCredentials(line)
    .replace(secretFields, `$1"${mask}"`)
    .replace(privateKey, mask)
    .replace(encodedKey, mask)
    .replace(jsonWebToken, mask)
    .replace(bearer, `$1 ${mask}`)
    .replace(innerFields, `$1${mask}`)
    .replace(flags, `$1${mask}`)
    .replace(bootstrapToken, mask);
}
