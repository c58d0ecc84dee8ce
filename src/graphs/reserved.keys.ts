/**
 * Keys under which the server hands a run its principal: for the graph's eyes only. They never reach stored checkpoint
 * metadata, and never an answer (contract 1.11 and 5.30).
 */
export function isReservedKey(key: string): boolean {
  return key.startsWith('langgraph_auth_') || key === 'langgraph_request_id';
}
