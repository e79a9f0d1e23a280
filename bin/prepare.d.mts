export class SetupError extends Error {
  constructor(message: string, exitCode?: number);
  exitCode: number;
}
export function assertNodeVersion(version: string): void;
export function isCheckout(root: string): boolean;
export function ensureDependencies(root: string): Promise<void>;
export function ensureBuilt(root: string): Promise<void>;
export function say(kind: 'notice' | 'error', text: string): void;
