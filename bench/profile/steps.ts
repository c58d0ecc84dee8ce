/** Not the service's. */
export const PROFILER = 'profiler';

/** What the frames of a request belong to. The first that fits, of the innermost frame that any fits, takes the time. */
export const steps: readonly { readonly step: string; readonly files: RegExp }[] = [
  {
    step: 'authenticate: token to principal',
    files: /src\/authentication\/|jsonwebtoken|\/jws\/|\/jwa\/|passport|on-auth\/principal/,
  },
  {
    step: 'resolve and decide: handler, filter',
    files: /src\/on-auth\/(authorizer|handler|decision|filter|event\.)|src\/policies\//,
  },
  { step: 'guard and context', files: /src\/on-auth\// },
  {
    step: 'parse and validate the request',
    files: /src\/http\/(route|json|validation|query|searchable|reserved)|class-validator|\/dto\//,
  },
  {
    step: 'scope: bind, render, guard the SQL',
    files: /src\/persistence\/(scop|filter-sql|sql\.|query-builders|guarded|containment|bounded)/,
  },
  { step: 'rows to entities', files: /typeorm\/.*(transformer|metadata)\/|epoch-millis/ },
  {
    step: 'query builder',
    files: /typeorm\/(query-builder|entity-manager|repository|find-options|data-source|common|util)/,
  },
  {
    step: 'driver',
    files:
      /src\/persistence\/sqlite3|node_modules\/(sqlite3|bindings|pg|pg-\w+)\/|typeorm\/(driver|query-runner|logger|subscriber|platform)/,
  },
  { step: 'use case and presenter', files: /src\/(threads|runs|assistants|system|store)\/|src\/http\/row/ },
  { step: 'graph', files: /src\/graphs\/|@langchain\// },
  { step: 'Nest', files: /@nestjs\/|rxjs/ },
  {
    step: 'Fastify',
    files:
      /node_modules\/(fastify|@fastify|avvio|find-my-way|secure-json|fast-|pino|light-my|middie|reusify)/,
  },
  { step: PROFILER, files: /^node:(internal\/)?(util\/)?inspector|profile\/probe/ },
  {
    step: 'HTTP and sockets of Node',
    files:
      /^node:(_http|net|internal\/(http|streams?|stream_base|net)|http|stream|events|buffer|internal\/(buffer|timers))/,
  },
  { step: 'other parts of Node', files: /^node:/ },
];

/** What the profiler itself counts. */
export const machinery: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'native code without a frame (system calls, SQLite results)'],
]);
