/** A JSON object as it came or as it is stored. `__proto__` and the like are ordinary keys of it: copy it by spread only. */
export type JsonObject = Record<string, unknown>;
