/** A setting is wrong and the boot stops. The message is one sentence that names the variable; it holds no secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
