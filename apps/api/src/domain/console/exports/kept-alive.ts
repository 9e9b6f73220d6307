import { setTimeout as sleep } from "node:timers/promises";

/** So much of what is there is kept back: a character each time that nothing else can be sent. */
const reserve = 400;

/**
 * Text whose parts may be long in coming, because a search finds nothing for a while or waits its turn: a connection on which
 * nothing arrives is cut by this server, by a proxy or by a browser. So the end of each part is kept back, and goes out a
 * character at a time until the next part is there. That fits any format; where nothing is left to send it is `filler`.
 */
export async function* keptAlive(
  parts: AsyncGenerator<string, void, undefined>,
  { pauseMs, head, filler }: { pauseMs: number; head: string; filler: string },
): AsyncGenerator<string, void, undefined> {
  let kept = head;
  try {
    for (;;) {
      const next = parts.next();
      let part = await within(pauseMs, next);
      while (part === undefined) {
        const [character = filler] = kept;
        kept = kept.slice(character.length);
        yield character;
        part = await within(pauseMs, next);
      }
      if (part.done) break;
      const text = kept + part.value;
      const end = endOfSent(text);
      kept = text.slice(end);
      if (end > 0) yield text.slice(0, end);
    }
    if (kept !== "") yield kept;
  } finally {
    await parts.return();
  }
}

/** Not between the halves of a character. */
function endOfSent(text: string): number {
  const end = Math.max(0, text.length - reserve);
  return /^[\uDC00-\uDFFF]/.test(text.slice(end)) ? end - 1 : end;
}

/** What is there in time, else undefined. */
async function within<Result>(limitMs: number, result: Promise<Result>): Promise<Result | undefined> {
  const timer = new AbortController();
  const late = sleep(limitMs, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([result, late]);
  } finally {
    timer.abort();
  }
}
