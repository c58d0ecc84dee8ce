import { isObject, type Json } from './export.parser.js';
import { ProjectError } from './project.error.js';

/** How a project says that callers prove who they are: for documents alone, `authenticate` decides. */
export interface ProjectSecurity {
  /** OpenAPI's security schemes, by name. */
  readonly schemes: Readonly<Record<string, Json>>;
  /** Any of these is enough; each names the schemes that it takes. */
  readonly security: readonly Json[];
}

/**
 * Reads `auth.openapi`.
 *
 * @throws ProjectError for what would make the document of the API a broken one
 */
export function parseSecurity(file: string, openapi: unknown): ProjectSecurity | undefined {
  if (openapi === undefined || openapi === null) return undefined;
  const { securitySchemes, security }: Json = isObject(openapi) ? openapi : {};
  if (!isObject(securitySchemes) || !Object.values(securitySchemes).every(isScheme))
    throw new ProjectError(
      file,
      'auth.openapi needs securitySchemes, such as { "key": { "type": "apiKey", "in": "header", "name": "x-key" } }.',
    );
  const schemes = securitySchemes as Readonly<Record<string, Json>>;
  return { schemes, security: parseRequirements(file, security, Object.keys(schemes)) };
}

/** Without any, each of the schemes is enough. */
function parseRequirements(file: string, security: unknown, names: readonly string[]): readonly Json[] {
  if (security === undefined) return names.map((name) => ({ [name]: [] }));
  const known = (name: string): boolean => names.includes(name);
  if (Array.isArray(security) && security.every((one) => isObject(one) && Object.keys(one).every(known)))
    return security as Json[];
  throw new ProjectError(
    file,
    `auth.openapi.security must be a list of objects with names of securitySchemes (${names.join(', ')}), such as [{ "${names[0] ?? 'key'}": [] }].`,
  );
}

function isScheme(scheme: unknown): boolean {
  return isObject(scheme) && typeof scheme.type === 'string';
}
