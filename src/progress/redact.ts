import { hideCredentials } from '../settings/credentials.js';

const mask = '***';

/** How the name of a field, a variable or a flag ends whose value is a secret. What stands before it does not matter. */
const secretName = String.raw`(?:token|passw(?:or)?d|passphrase|[_-]pass|[_-]pwd|secret|authorization|registry-auth|auth|cookie|credentials?|client-key-data|(?:access|account|api|certificate|encryption|private|secret|signing)[_-]?key(?:[_-]?id)?)`;
/** A line of YAML, or of a file of variables, whose value may have blanks: `name: all of it`, `NAME=all of it`. */
const secretLines = new RegExp(
  String.raw`^([ \t]*(?:- |export )?[\w.-]{0,64}${secretName}(?::[ \t]+|=))(?!["'{[|>&*!])\S.*$`,
  'gim',
);
/** The same as a block of lines. */
const secretBlocks = new RegExp(
  String.raw`^([ \t]*)((?:- )?[\w.-]{0,64}${secretName}:)[ \t]*[|>][-+\d]*\n(?:\1[ \t]+.*(?:\n|$))+`,
  'gim',
);
/** A string of its own, as an engine lists a container's variables: `"NAME=all of it"`. */
const secretStrings = new RegExp(String.raw`("[\w.-]{0,64}${secretName}=)(?:[^"\\]|\\.)*"`, 'gi');
/** Anywhere, in JSON, YAML, query strings, and in texts of these inside of a string: the name, its quote, what stands between, the value. */
const secretFields = new RegExp(
  String.raw`(${secretName}(\\*["']|)[ \t]*[:=][ \t]*)("(?:[^"\\]|\\.)*"|'[^'"\\\n]*'|(\\+")[^"\\]*\4|[^\s"'\\,;&{}[\]]+)`,
  'gi',
);
/** A variable of a pod, whose value stands beside its name: `name: DB_PASSWORD` and `value: x`, in YAML or JSON. */
const podVariables = new RegExp(
  String.raw`(name"?:[ \t]*"?[\w.-]{0,64}${secretName}"?,?\s+"?value"?:[ \t]*)("(?:[^"\\]|\\.)*"|'[^'\n]*'|[^\n]+)`,
  'gi',
);
/** `--token x`, and in a list: `"--token", "x"`. */
const secretFlags = new RegExp(String.raw`(--[\w-]{0,64}${secretName}(?:[= ]|"\s*,\s*"))[^\s"\\]+`, 'gi');
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs;
/** The same in base64, as kubeconfigs and Secrets have it; certificates, which begin alike, are no secret. */
const encodedKey = /LS0tLS1CRUdJTi(?!BDRVJU)[\w+/=]{20,}/g;
const bearer = /\b(Bearer|Basic) [\w.~+/=-]{8,}/g;
/**
 * Tokens that tell themselves by their shape, as their issuers document it. Not a scanner's own rules: those of secretlint, the best kept ones on npm, need Node.js 22 and
 * are asynchronous, which the writing of a log's line is not.
 */
const tokens = [
  // kubeadm's bootstrap tokens.
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
  // Service accounts, OpenID Connect (RFC 7519).
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g,
  // GitHub, GitLab.
  /\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|gl[a-z]{2,5}-[\w-]{20,})/g,
  // Docker Hub, npm, PyPI.
  /\b(?:dckr_[op]at_[\w-]{20,}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,})/g,
  // AWS, Google, DigitalOcean.
  /\b(?:(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b|AIza[\w-]{35}|ya29\.[\w-]{20,}|do[opr]_v1_[a-f0-9]{64})/g,
  // Slack, Stripe, SendGrid, HashiCorp Vault.
  /\b(?:xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|[rs]k_(?:live|test)_\w{16,}|SG\.[\w-]{22}\.[\w-]{43}|hv[bsr]\.[\w-]{20,})/g,
  // OpenAI, Anthropic, Hugging Face.
  /\b(?:sk-[\w-]{20,}|hf_[A-Za-z0-9]{30,})/g,
];

/** A text (a log's line, a file) without what would let its reader in: tokens, keys, passwords, credentials in URLs. JSON stays JSON. */
export function redact(text: string): string {
  const known = hideCredentials(text)
    .replace(privateKey, mask)
    .replace(encodedKey, mask)
    .replace(bearer, `$1 ${mask}`)
    .replace(secretBlocks, `$1$2 ${mask}\n`)
    .replace(secretLines, `$1${mask}`)
    .replace(secretStrings, `$1${mask}"`)
    .replace(podVariables, (_, name: string, value: string) => name + maskValue(value))
    .replace(secretFields, (_, name: string, quote: string, value: string) => name + maskValue(value, quote))
    .replace(secretFlags, `$1${mask}`);
  return tokens.reduce((rest, pattern) => rest.replace(pattern, mask), known);
}

/** In the value's own quotes, else in those of its name: what was a number in JSON becomes a string. */
function maskValue(value: string, nameQuote = ''): string {
  const quote = /^\\*["']/.exec(value)?.[0] ?? nameQuote;
  return quote + mask + quote;
}
