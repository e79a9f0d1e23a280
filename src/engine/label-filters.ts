/** Docker's list filter for labels; `undefined` means: any value. */
export function labelFilters(labels: Record<string, string | undefined>): { label: string[] } {
  return { label: Object.entries(labels).map(([name, value]) => (value === undefined ? name : `${name}=${value}`)) };
}
