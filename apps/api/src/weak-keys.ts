const sampleWords = /change|example|sample|secret|password|replace|your|insert|xxx/i;
const runs = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Whether a key is short, typed by hand, or copied from a manual: such a key can be guessed. */
export function isWeakKey(key: string): boolean {
  if (key.length < 32 || new Set(key).size < 8 || sampleWords.test(key)) return true;
  const lower = key.toLowerCase();
  const half = lower.slice(0, Math.ceil(lower.length / 2));
  const isRepeated = lower === (half + half).slice(0, lower.length);
  return isRepeated || hasSequence(lower);
}

/** Ten consecutive characters of 0-9 and a-z, such as 0123456789: practically never part of a random key. */
function hasSequence(text: string): boolean {
  for (let start = 0; start + 10 <= runs.length; start++) {
    if (text.includes(runs.slice(start, start + 10))) return true;
  }
  return false;
}
