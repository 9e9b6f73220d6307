/**
 * Changes of the guards that no test can notice, because they change nothing that anybody could see. An entry that
 * no longer survives fails the run as well, so that this list only ever says what is true.
 *
 * @type {{ file: string, line: string, was: string, becomes: string, because: string }[]}
 */
export const accepted = [
  {
    file: "apps/api/src/http/cookies.ts",
    line: 'const [name = "", ...value] = pair.trim().split("=");',
    was: '""',
    becomes: '"Stryker was here!"',
    because: "split gives one piece at least; the default is there for the compiler",
  },
  {
    file: "apps/api/src/http/cookies.ts",
    line: 'return (request.headers.cookie ?? "").split(";").map((pair) => {',
    was: '""',
    becomes: '"Stryker was here!"',
    because: "a cookie of a name that nobody asks for is as good as none",
  },
  {
    file: "apps/api/src/trpc/procedures.ts",
    line: "...(path === undefined ? {} : { path }),",
    was: "path === undefined",
    becomes: "false",
    because: "JSON leaves an undefined path out",
  },
  ...["session: ctx.session", "operator: ctx.operator"].flatMap((field) =>
    [`{ ctx: { ${field} } }`, `{ ${field} }`].map((was) => ({
      file: "apps/api/src/trpc/procedures.ts",
      line: `return next({ ctx: { ${field} } });`,
      was,
      becomes: "{}",
      because: "the context holds it already; saying so again is for the types",
    })),
  ),
  {
    file: "apps/api/src/trpc/procedures.ts",
    line: "isDev: false,",
    was: "false",
    becomes: "true",
    because: "it adds a stack to what clientError is given, and clientError takes none from there",
  },
  {
    file: "apps/api/src/trpc/procedures.ts",
    line: 'export const viewerProcedure = procedureFor("viewer");',
    was: '"viewer"',
    becomes: '""',
    because: "the lowest role lets every role in, and so does none",
  },
  {
    file: "apps/api/src/domain/sign-in/callback.ts",
    line: 'if (!trip || !app) return { landing: () => ({ kind: "ended", ending: "invalid-callback" }) };',
    was: '{ landing: () => ({ kind: "ended", ending: "invalid-callback" }) }',
    becomes: "{}",
    because: "so ends every callback of which nothing else is known",
  },
  ...["false", "!unionid && !app.group"].map((becomes) => ({
    file: "apps/api/src/domain/identity.ts",
    line: "if (!unionid || !app.group) return false;",
    was: "!unionid || !app.group",
    becomes,
    because: "it spares a query: no union is without a group or a unionid",
  })),
  {
    file: "apps/api/src/domain/identity.ts",
    line: 'if (!row) throw new Error("The binding of an identity was not written.");',
    was: "!row",
    becomes: "false",
    because: "the statement always gives its row; the check is there for the compiler",
  },
  {
    file: "apps/api/src/domain/identity.ts",
    line: "if (!isNewUser) await deps.db.run(touchUser, { id: row.userId, now });",
    was: "!isNewUser",
    becomes: "true",
    because: "it spares a query: a new user was written with the same time",
  },
  {
    file: "apps/api/src/domain/sign-in/grant.ts",
    line: 'return endTrip(deps, trip, timeline, { ending: "snapshot", ...(record === undefined ? {} : { record }) });',
    was: "record === undefined",
    becomes: "false",
    because: "undefined is as good as absent here, but not to the compiler",
  },
  {
    file: "apps/api/src/domain/sign-in/grant.ts",
    line: "...(openid === undefined ? {} : { openid }),",
    was: "openid === undefined",
    becomes: "false",
    because: "undefined is as good as absent here, but not to the compiler",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: "for (let pauseMs = 15; ; pauseMs = Math.min(pauseMs * 2, 250)) {",
    was: "Math.min(pauseMs * 2, 250)",
    becomes: "Math.max(pauseMs * 2, 250)",
    because: "how often the database is asked meanwhile decides nothing",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: "for (let pauseMs = 15; ; pauseMs = Math.min(pauseMs * 2, 250)) {",
    was: "pauseMs * 2",
    becomes: "pauseMs / 2",
    because: "how often the database is asked meanwhile decides nothing",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: "if (performance.now() > deadline || isDead(deps, trip.claimedAt)) {",
    was: "performance.now() > deadline",
    becomes: "performance.now() >= deadline",
    because: "a thousandth of a millisecond more or less",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: "claimedAt !== null && claimedAt < later(deps.now(), -firstDeliverySeconds);",
    was: "claimedAt !== null",
    becomes: "true",
    because: "whatever is followed was claimed; the check is there for the compiler",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: "const isFresh = claimedAt !== null && claimedAt > later(deps.now(), -raceSeconds);",
    was: "claimedAt !== null",
    becomes: "true",
    because: "whatever signed in was claimed; the check is there for the compiler",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: "const secrets = isFresh ? deps.keys.sessionSecrets(stateHash, browserSecret) : [];",
    was: "[]",
    becomes: '["Stryker was here"]',
    because: "what is no secret finds no session",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: "if (signIn?.outcome === null && signIn.expiresAt > deps.now()) {",
    was: "signIn?.outcome",
    becomes: "signIn.outcome",
    because: "a trip has its journey, by a foreign key",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: 'if (trip?.outcome === "signed_in") {',
    was: "trip?.outcome",
    becomes: "trip.outcome",
    because: "the trip was there a moment ago",
  },
  {
    file: "apps/api/src/domain/sign-in/replay.ts",
    line: "if (trip?.page) return ended(trip.page, { signInId, returnTo, errcode: trip.errcode });",
    was: "trip?.page",
    becomes: "trip.page",
    because: "a journey has its first trip from the beginning",
  },
  {
    file: "apps/api/src/db/identities.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a line of source
    line: 'id: sql<string>`cast(${p.id} as text)`.as("id"),',
    was: '"id"',
    becomes: '""',
    because: "INSERT … SELECT goes by the order of columns, not by their names",
  },
  {
    file: "apps/api/src/db/identities.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a line of source
    line: 'otherUserId: sql<string>`${t.unions.userId}`.as("other_user_id"),',
    was: '"other_user_id"',
    becomes: '""',
    because: "INSERT … SELECT goes by the order of columns, not by their names",
  },
];
