/**
 * What is printed when the boot was refused: one sentence where the fault is a known one of wiring or configuration, which
 * says what to do; the whole stack for everything else.
 */
export function bootFailure(error: unknown): string {
  if (!(error instanceof Error)) return `OnAuth Server did not start: ${String(error)}`;
  if (isRefusal(error)) return `OnAuth Server did not start: ${error.message}`;
  return `OnAuth Server did not start: ${error.stack ?? error.message}`;
}

const REFUSALS = new Set([
  'ConfigurationError',
  'WiringError',
  'ScopeDeclarationError',
  'InvalidScopeKeyError',
  'InvalidGraphError',
  'ProjectError',
  'InvalidAuthError',
  'DatabaseUrlError',
  'DatabaseOpenError',
  'NewerSchemaError',
  'RowSecurityError',
  'ReadReplicaError',
]);

/** Errors of the operating system and of drivers say what is wrong in their message; the stack would only hide it. */
function isRefusal(error: Error): boolean {
  return REFUSALS.has(error.name) || ('code' in error && typeof error.code === 'string');
}
