/** Where the functions of row-level security and their secret live, apart from the tables. */
export const SECURITY_SCHEMA = 'onauth';

/**
 * What the metadata of a row contains that a filter matches, where this says it all, as it does of a key that equals a value:
 * nearly every filter is one, and PostgreSQL compares without a function. NULL of any other filter, and of what is none.
 */
export function requiredBy(filter: string): string {
  return `CASE WHEN ${isEquality(filter)} THEN jsonb_build_object(${filter} ->> 'key', ${filter} -> 'value') END`;
}

/** Whether a row matches, by what is required of it or else by the filter. Both stand in a SELECT that runs for a statement once. */
export function rowMatches(
  metadata: string,
  { required, filter }: { required: string; filter: string },
): string {
  return `coalesce(${metadata} @> (SELECT ${required}), ${SECURITY_SCHEMA}.filter_matches(${metadata}, (SELECT ${filter})))`;
}

function isEquality(filter: string): string {
  return `${filter} ->> 'kind' = 'equals' AND ${filter} - ARRAY['kind', 'key', 'value'] = '{}'
      AND jsonb_typeof(${filter} -> 'key') = 'string' AND jsonb_typeof(${filter} -> 'value') NOT IN ('array', 'object')`;
}

/**
 * `filter_matches(metadata, filter)`: the filter's JSON form interpreted by PostgreSQL, with the answer of `matches` in
 * filter.matcher.ts.
 *
 * A filter that is NULL matches nothing. One that the parser could not have made (an unknown kind, a member too many or too
 * few, a list of more than scalars) raises, wherever in the filter it stands: so every part is looked at, also when the first
 * one has decided already.
 *
 * What nearly every filter is stands in one expression: PostgreSQL prepares each expression of a function anew for each
 * transaction, which costs more than to evaluate it.
 */
const matchesFunction = `
CREATE OR REPLACE FUNCTION ${SECURITY_SCHEMA}.filter_matches(metadata jsonb, filter jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RETURN CASE
    WHEN filter IS NULL THEN false
    WHEN filter = '{"kind":"everything"}' THEN true
    WHEN ${isEquality('filter')}
      THEN coalesce(metadata -> (filter ->> 'key') = filter -> 'value', false)
    ELSE ${SECURITY_SCHEMA}.other_filter_matches(metadata, filter)
  END;
END
$function$`;

/** Every kind but those above. */
const otherMatchesFunction = `
CREATE OR REPLACE FUNCTION ${SECURITY_SCHEMA}.other_filter_matches(metadata jsonb, filter jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  kind text := filter ->> 'kind';
  stored jsonb := metadata -> (filter ->> 'key');
  operand jsonb;
  part jsonb;
  is_match boolean;
  result boolean;
BEGIN
  IF kind IN ('in', 'contains') THEN
    operand := filter -> 'values';
    IF filter - ARRAY['kind', 'key', 'values'] = '{}' AND jsonb_typeof(filter -> 'key') = 'string'
      AND jsonb_typeof(operand) = 'array'
      AND NOT jsonb_path_exists(operand, 'strict $[*] ? (@.type() == "array" || @.type() == "object")') THEN
      IF kind = 'in' THEN
        RETURN coalesce(jsonb_typeof(stored) NOT IN ('array', 'object') AND operand @> stored, false);
      END IF;
      RETURN coalesce(jsonb_typeof(stored) = 'array' AND stored @> operand, false);
    END IF;

  ELSIF kind = 'exists' THEN
    operand := filter -> 'exists';
    IF filter - ARRAY['kind', 'key', 'exists'] = '{}' AND jsonb_typeof(filter -> 'key') = 'string'
      AND jsonb_typeof(operand) = 'boolean' THEN
      RETURN (stored IS NOT NULL) = operand::boolean;
    END IF;

  ELSIF kind IN ('all', 'any') THEN
    operand := filter -> 'of';
    IF filter - ARRAY['kind', 'of'] = '{}' AND jsonb_typeof(operand) = 'array' THEN
      result := kind = 'all';
      FOR part IN SELECT jsonb_array_elements(operand) LOOP
        is_match := ${SECURITY_SCHEMA}.filter_matches(metadata, part);
        IF kind = 'all' THEN
          result := result AND is_match;
        ELSE
          result := result OR is_match;
        END IF;
      END LOOP;
      RETURN result;
    END IF;

  ELSIF kind = 'not' THEN
    operand := filter -> 'of';
    IF filter - ARRAY['kind', 'of'] = '{}' AND jsonb_typeof(operand) = 'object' THEN
      RETURN NOT ${SECURITY_SCHEMA}.filter_matches(metadata, operand);
    END IF;
  END IF;

  RAISE EXCEPTION 'not a filter: %', left(filter::text, 200) USING ERRCODE = 'invalid_parameter_value';
END
$function$`;

export const filterMatchesFunctions: readonly string[] = [otherMatchesFunction, matchesFunction];
