export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The line of least squares through points at equal distances: what `y` grows by for each `x`, and the standard error of that. Points that
 * follow one another are alike, so they tell less than their number: by (1 + r) / (1 - r), with r for how much one residue says of the next.
 */
export function slopeOf(points: readonly Point[]): { readonly slope: number; readonly error: number } {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spread = sum(points.map(({ x }) => (x - meanX) ** 2));
  const slope = sum(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / spread;
  const residues = points.map(({ x, y }) => y - meanY - slope * (x - meanX));
  const squares = sum(residues.map((residue) => residue ** 2));
  const shared = sum(residues.slice(1).map((residue, place) => residue * residues[place]));
  const likeness = shared > 0 ? shared / squares : 0;
  const alike = (1 + likeness) / (1 - likeness);
  return { slope, error: Math.sqrt((alike * squares) / (points.length - 2) / spread) };
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
