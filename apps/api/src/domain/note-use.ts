import { DatabaseError, type Deps } from "./deps.js";

/** Notes when a session or a key was last used. A database that can be read and not written is no reason to refuse what it tells. */
export async function noteUse({ log }: Pick<Deps, "log">, note: Promise<unknown>): Promise<void> {
  await note.catch((err: unknown) => {
    if (!(err instanceof DatabaseError)) throw err;
    log.warn({ event: "use_not_noted", err }, "the time of the last use could not be written");
  });
}
