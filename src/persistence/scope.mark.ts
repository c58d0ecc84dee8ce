import { randomBytes } from 'node:crypto';

const PROCESS = randomBytes(12).toString('hex');

/**
 * Stands behind the name of every scoped table that the scoped query builders write, and nowhere else: it is new in each
 * process and nobody's input, so SQL that has it was written by them.
 */
export const SCOPE_MARK = `/*scoped ${PROCESS}*/`;

/** The names of the parameters of scopes begin like this, and nobody's own do. */
export const SCOPE_PARAMETER = `scope_${PROCESS}_`;
