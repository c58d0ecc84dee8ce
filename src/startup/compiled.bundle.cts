import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** The service with all its packages in one file, as `bundle.command.ts` writes it: in ASCII, a function with the scope of a module. */
export const BUNDLE = join(__dirname, '../../startup/server.cjs');
export const CACHE = `${BUNDLE}.cache`;

/** What the bundle exports. */
export interface ServedBundle {
  /** Settled when the server listens. */
  readonly up: Promise<void>;
}

/** What V8 made of the bundle: it reads that several times faster than it compiles. */
export class CompiledBundle {
  private constructor(private readonly script: Script) {}

  static get exists(): boolean {
    return existsSync(BUNDLE);
  }

  /** Another version of V8 or other flags refuse what was kept, and compile again. */
  static read(): CompiledBundle {
    const source = readFileSync(BUNDLE, 'latin1');
    const cachedData = existsSync(CACHE) ? readFileSync(CACHE) : undefined;
    return new CompiledBundle(new Script(source, { filename: BUNDLE, cachedData }));
  }

  /** Whether V8 took what was kept. */
  get isCached(): boolean {
    return this.script.cachedDataRejected === false;
  }

  run(): ServedBundle {
    const module = { exports: {} };
    const body = this.script.runInThisContext() as (...scope: unknown[]) => void;
    body(module, module.exports, createRequire(BUNDLE), BUNDLE, dirname(BUNDLE));
    return module.exports as ServedBundle;
  }

  /** Keeps what was compiled until now, for the next `read`. */
  keep(): void {
    writeFileSync(CACHE, this.script.createCachedData());
  }
}
