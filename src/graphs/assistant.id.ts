import { v5 } from 'uuid';

/** The X.500 namespace of RFC 9562, under which the reference server names its assistants. */
const NAMESPACE = '6ba7b821-9dad-11d1-80b4-00c04fd430c8';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The id of the assistant that is meant: an id as it is, in lower case; of a graph, that of its system assistant (contract 1.13).
 *
 * @example assistantIdOf('agent') // 'fe096781-5601-53d2-b2f6-0d3403f7e9ca'
 */
export function assistantIdOf(graphIdOrUuid: string): string {
  return UUID.test(graphIdOrUuid) ? graphIdOrUuid.toLowerCase() : v5(graphIdOrUuid, NAMESPACE);
}
