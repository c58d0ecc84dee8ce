/** Tokens and whose they are. Shared by the graphs and the authentication. */
export const members = new Map([
  ['alice-token', 'alice'],
  ['bob-token', 'bob'],
]);

export const loads: string[] = [];
