interface Cell {
  readonly expected: number;
  passed: number;
}

/** Which methods are proved, by database and line of the SDK. */
export class MethodTable {
  private readonly rows = new Map<string, Map<string, Cell>>();
  private readonly columns = new Set<string>();
  private readonly leftOut = new Map<string, string>();

  /** @param count of proofs; a method with none is a gap */
  expect(method: string, column: string, count: number): void {
    this.columns.add(column);
    const row = this.rows.get(method) ?? new Map<string, Cell>();
    this.rows.set(method, row.set(column, { expected: count, passed: 0 }));
  }

  leaveOut(method: string, column: string, reason: string): void {
    this.columns.add(column);
    this.leftOut.set(method, reason);
  }

  pass(method: string, column: string): void {
    const cell = this.rows.get(method)?.get(column);
    if (cell) cell.passed += 1;
  }

  gaps(): string[] {
    return [...this.rows].flatMap(([method, row]) =>
      [...row].filter(([, cell]) => isGap(cell)).map(([column]) => `${method} in ${column}`),
    );
  }

  /** In each cell how many proofs passed; a dash where that line of the SDK has no such method. */
  render(): string {
    const columns = [...this.columns];
    const width = Math.max(0, ...[...this.rows.keys()].map(({ length }) => length)) + 2;
    const line = (first: string, cells: readonly string[]) =>
      first.padEnd(width) + cells.map((cell, index) => cell.padStart(columns[index].length + 2)).join('');
    return [
      line('proofs passed', columns),
      ...[...this.rows].map(([method, row]) =>
        line(
          method,
          columns.map((column) => textOf(row.get(column))),
        ),
      ),
      '-  this line of the SDK has no such method',
      ...[...this.leftOut].map(([method, reason]) => `not applicable: ${method}: ${reason}`),
    ].join('\n');
  }
}

function isGap({ expected, passed }: Cell): boolean {
  return expected === 0 || passed < expected;
}

function textOf(cell: Cell | undefined): string {
  if (!cell) return '-';
  return isGap(cell) ? `${cell.passed} of ${cell.expected} GAP` : String(cell.passed);
}
