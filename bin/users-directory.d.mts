export function findUsersDirectory(env: Record<string, string | undefined>, argv: string[]): string | undefined;
