/**
 * Words that this project does not use, and what to write instead. Each names something for which the field has a
 * word of its own, or is harder to read than its plain form. A word is found inside camelCase, kebab-case and
 * snake_case too; its plural is listed when it has one.
 */
export const words = [
  { forms: ["journey", "journeys"], instead: "sign-in" },
  { forms: ["trip", "trips"], instead: "authorization request; request" },
  { forms: ["hop", "hops"], instead: "event or step of a timeline; redirect" },
  { forms: ["deed", "deeds"], instead: "command" },
  { forms: ["chore", "chores"], instead: "job" },
  { forms: ["household", "households"], instead: "harness" },
  { forms: ["happenings"], instead: "event" },
  { forms: ["detour", "detours"], instead: "unsupported client" },
  { forms: ["nobody"], instead: "no user, no caller, no operator … or turn the sentence round" },
  { forms: ["somebody"], instead: "who it is: a user, a caller, an operator …" },
  { forms: ["whoever", "whomever"], instead: "who it is: a user, a caller, an operator …" },
  { forms: ["lest"], instead: "so that … not" },
  { forms: ["patiently"], instead: "with retries; until the deadline" },
  { forms: ["unfailing"], instead: "which ignores errors" },
];

/** Folders and files that are not read. */
export const unread = [
  { path: "pnpm-lock.yaml", reason: "names of other people's packages" },
  { path: "CHANGELOG.md", reason: "quotes what earlier versions said" },
  { path: "apps/api/migrations/", reason: "migrations that have run somewhere are not edited" },
  { path: "apps/api/test/db/versions/", reason: "contents of databases of earlier versions" },
  { path: "scripts/words/", reason: "the list itself" },
  { path: "e2e/check-words.test.ts", reason: "tests of the list" },
];

/** Lines that may use a word: those of `file` that contain `text`. An entry that allows nothing fails the check. */
export const exceptions = [
  {
    file: "apps/api/src/app.ts",
    text: "(_address, hop) => hop < trustProxy",
    word: "hop",
    reason: "Fastify documents the parameter of trustProxy under this name",
  },
];
