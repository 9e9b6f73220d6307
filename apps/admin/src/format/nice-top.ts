/** Of a power of ten. Without the steps between, the highest bar could be half as high as the chart. */
const steps = [1, 1.5, 2, 3, 4, 5, 6, 8];

/** The top of the scale for whole numbers: a round one, and at least the highest bar. */
export function niceTop(highest: number): number {
  if (highest < 1) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return steps.map((step) => step * power).find((top) => top >= highest) ?? 10 * power;
}
