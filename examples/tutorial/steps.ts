/** Prints a tick or a cross for each step, and counts. */
export class Steps {
  passed = 0;
  failed = 0;

  constructor(private readonly print: (line: string) => void) {}

  title(text: string): void {
    this.print(`\n${text}`);
  }

  /** A step passes when it settles. What it throws is printed behind the cross. Returns what it returned. */
  async step<T>(text: string, run: () => Promise<T>): Promise<T> {
    try {
      const result = await run();
      this.passed++;
      this.print(`  ✓ ${text}`);
      return result;
    } catch (error) {
      this.failed++;
      this.print(`  ✗ ${text}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }

  /** A step that passes when the server refuses with this status. */
  refused(text: string, status: number, run: () => Promise<unknown>): Promise<void> {
    return this.step(text, async () => {
      const outcome: unknown = await run().then(
        () => 'it was allowed',
        (error: unknown) => error,
      );
      if (outcome instanceof Error && 'status' in outcome && outcome.status === status) return;
      throw new Error(
        `expected ${status}, got ${outcome instanceof Error ? outcome.message : String(outcome)}`,
      );
    });
  }

  summary(): void {
    this.print(`\n${this.passed} steps passed, ${this.failed} failed`);
  }
}

/** @throws Error that says what was found instead */
export function expectEqual(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  }
}
