/** Row-level security cannot be kept as it is configured; the boot stops. The message names the cure and holds no secret. */
export class RowSecurityError extends Error {
  override readonly name = 'RowSecurityError';
}
