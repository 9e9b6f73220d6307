// Statistics over the rounds of a measurement.

/** @returns the value below which this share of the numbers lies: 0.5 is the median. */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const [below, above] = [sorted[low], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - low);
}

export function spread(numbers) {
  return {
    min: Math.min(...numbers),
    lowerQuarter: quantile(numbers, 0.25),
    median: quantile(numbers, 0.5),
    upperQuarter: quantile(numbers, 0.75),
    max: Math.max(...numbers),
  };
}
