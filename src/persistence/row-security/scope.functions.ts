import { filterMatchesFunctions, requiredBy, SECURITY_SCHEMA } from './filter-matches.function.js';

/** The setting that carries a transaction's scope: 64 hexadecimal digits of its seal, then the scope as JSON. */
export const SCOPE_SETTING = 'onauth.scope';

/**
 * The secret that scopes are sealed with. Only the owner reads it; the seal is HMAC-SHA256, whose two padded keys are kept
 * because PostgreSQL has SHA-256 built in, and HMAC not.
 */
export const scopeSecretTable: readonly string[] = [
  `CREATE SCHEMA IF NOT EXISTS ${SECURITY_SCHEMA}`,
  `CREATE TABLE IF NOT EXISTS ${SECURITY_SCHEMA}.scope_secret (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    secret bytea NOT NULL,
    inner_key bytea NOT NULL,
    outer_key bytea NOT NULL
  )`,
];

const refuseFunction = `
CREATE OR REPLACE FUNCTION ${SECURITY_SCHEMA}.refuse_scope() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RAISE EXCEPTION 'the scope was not sealed by the service' USING ERRCODE = 'insufficient_privilege';
END
$function$`;

/**
 * A function of a resource that knows the filter that the current scope has for it, in its JSON form; NULL where it has none, or
 * nobody has set a scope. It runs with the owner's rights, which may read the secret, and raises for a scope whose seal is
 * wrong: whoever can run SQL can write the setting, but not a seal.
 *
 * In as few expressions as can be, see `filter_matches`. The text becomes JSON outside of CASE, whose branches PostgreSQL may
 * evaluate while it plans.
 */
function functionOfScope(name: string, result: string): string {
  return `
CREATE OR REPLACE FUNCTION ${SECURITY_SCHEMA}.${name}(resource text) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  setting text := current_setting('${SCOPE_SETTING}', true);
  scope jsonb := (
    SELECT CASE
      WHEN left(setting, 64) = encode(sha256(outer_key || sha256(inner_key || convert_to(substr(setting, 65), 'UTF8'))), 'hex')
        THEN substr(setting, 65)
      ELSE ${SECURITY_SCHEMA}.refuse_scope()
    END
    FROM ${SECURITY_SCHEMA}.scope_secret WHERE setting <> ''
  )::jsonb;
  filter jsonb := coalesce(scope -> 'of' -> resource, scope -> 'all');
BEGIN
  RETURN ${result};
END
$function$`;
}

/** Everything that policies call. */
export const scopeFunctions: readonly string[] = [
  ...filterMatchesFunctions,
  refuseFunction,
  functionOfScope('filter_for', 'filter'),
  functionOfScope('required_for', requiredBy('filter')),
];
