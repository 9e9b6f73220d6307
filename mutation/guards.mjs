/**
 * The code that keeps strangers out. Each package's guards are changed one spot at a time and must be missed by
 * that package's own tests (vitest.mutation.config.ts names them); its neighbours stay as they are.
 *
 * `only` names the functions and constants that guard, where a file does more than that.
 *
 * @type {{ directory: string, guards: { file: string, only?: string[] }[] }[]}
 */
export const guarded = [
  {
    directory: "packages/wechat-oauth",
    guards: [
      { file: "src/callback.ts" }, // state first; a broken callback spends nothing
      { file: "src/authorize-url.ts", only: ["createState", "statePattern", "checkLink"] },
      { file: "src/answer.ts" }, // success and failure by errcode, and nothing half-filled
      { file: "src/calls/sns.ts" }, // whom an answer is about
      { file: "src/redact.ts" }, // no secret in an error
    ],
  },
  {
    directory: "apps/api",
    guards: [
      { file: "src/http/cookies.ts" }, // which cookie counts
      { file: "src/http/log.ts", only: ["loggerOptions", "parameters", "redact", "errorFields"] },
      { file: "src/domain/return-to.ts" }, // where a browser may be sent
      { file: "src/trpc/masking.ts" }, // what a viewer sees
      { file: "src/trpc/procedures.ts" }, // who may call what
      { file: "src/domain/sign-in/callback.ts" }, // state, browser and app; one claim
      { file: "src/domain/sign-in/grant.ts" }, // what WeChat must have said
      { file: "src/domain/sign-in/journey.ts", only: ["startSignIn", "startProfileTrip", "ownSecret"] },
      { file: "src/domain/sign-in/replay.ts" }, // a repeat exchanges nothing
      { file: "src/domain/identity.ts" }, // (appid, openid) is the key, a unionid joins one group
      { file: "src/domain/sessions.ts" }, // how long a session lives, and whose it is
      { file: "src/domain/operators.ts", only: ["roleRank", "findOperator"] },
      { file: "src/db/sign-ins.ts", only: ["claimTrip", "finishTrip", "abandonTrip"] },
      {
        file: "src/db/sessions.ts",
        only: ["findLiveSession", "deleteSessionOfUser", "deleteSessionsOfUser"],
      },
      {
        file: "src/db/identities.ts",
        only: ["insertUnion", "upsertBinding", "settleUnion", "insertConflictOfBinding"],
      },
    ],
  },
];
