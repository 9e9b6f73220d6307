/** The top of the scale: 1, 2 or 5 times a power of ten, and at least the highest bar. */
export function niceTop(highest: number): number {
  if (highest <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 5].find((times) => times * power >= highest) ?? 10) * power;
}
