export function findSwallowedFlags(env: Record<string, string | undefined>, argv: string[]): string | undefined;
