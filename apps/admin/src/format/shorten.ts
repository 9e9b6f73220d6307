/**
 * Cuts an id in the middle: "oAbC…7PwXyZQr". The longer piece is the tail: openids of one app begin alike,
 * and so do ids and rids of one hour. Counts characters, so that a cut never halves one.
 */
export function shortenMiddle(id: string, head = 4, tail = 8): string {
  const characters = [...id];
  if (characters.length <= head + tail + 1) return id;
  return `${characters.slice(0, head).join("")}…${characters.slice(-tail).join("")}`;
}
