/**
 * The security-critical code of each package: its tests must notice every change, apart from those in accepted.mjs.
 * The tests call this code directly, fastest first. Tests through a whole server prove the same from outside, but would
 * take ten times as long to notice a change.
 *
 * `only` lists the functions and constants, if the file contains other code as well.
 *
 * @type {{ directory: string, tests: string[], guards: { file: string, only?: string[] }[] }[]}
 */
export const guarded = [
  {
    directory: "packages/wechat-oauth",
    tests: [
      "callback",
      "authorize-url",
      "answer-bounds",
      "redaction",
      "call-record",
      "mask",
      "requests",
      "errors",
      "followers",
      "operations",
      "retries-and-reports",
      "answers",
      "custom-call",
      "secrets",
    ],
    guards: [
      { file: "src/callback.ts" }, // state first; a malformed callback does not spend it
      { file: "src/authorize-url.ts", only: ["createState", "statePattern", "checkLink"] },
      { file: "src/answer.ts" }, // success or failure by errcode, and no partial result
      { file: "src/calls/sns.ts" }, // which person an answer is about
      { file: "src/calls/custom.ts" }, // where a token may be sent
      { file: "src/redact.ts" }, // no secret in an error
      { file: "src/call-record.ts" }, // nor in what is kept of its request and answer
    ],
  },
  {
    directory: "apps/api",
    tests: [
      "cookies.unit",
      "log-redaction.unit",
      "return-to.unit",
      "procedures.unit",
      "sign-in.unit",
      "profile.unit",
      "questions.unit",
      "repeated-callback.unit",
      "sessions.unit",
      "db/session-statements",
      "db/identity-statements",
      "identity.unit",
      "people-acts",
      "operator-changes",
      "audit-seals",
      "erase",
      "import-people.unit",
      "import-openids.unit",
      "bind.unit",
      "bind-links.unit",
      "db/bind-link-statements",
      "db/host-statements",
      "tickets.unit",
      "db/people-statements",
      "db/sign-in-statements",
      "db/ticket-statements",
      "db/merge-statements",
      "tickets",
      "bind-links",
      "db/identities",
      "db/group-commit.sqlite",
      "host-calls.unit",
      "host-problems.unit",
      "webhook-addresses.unit",
      "webhook-client.unit",
      "events.unit",
      "events",
      "proxy-agent.unit",
      "merges-model",
      "merges-since",
      "merges",
      "tracing",
      "browser-of-sign-in",
      "repeated-callback",
      "late-unionids",
      "stale-profiles",
      "metrics",
      "alert-robots.unit",
      "alert-conditions",
      "db/factor-statements",
      "factor-proofs.unit",
      "pending-sign-ins.unit",
      "second-factor",
    ],
    guards: [
      { file: "src/http/cookies.ts" }, // which cookie counts
      { file: "src/http/metrics.ts" }, // who reads how many people sign in
      { file: "src/http/log.ts", only: ["loggerOptions", "parameters", "redact", "errorFields"] },
      { file: "src/db/group-commit.ts" }, // what batches share
      { file: "src/domain/return-to.ts" }, // where a browser may be sent
      { file: "src/domain/console/masking.ts" }, // what a viewer sees
      { file: "src/trpc/procedures.ts" }, // who may call what
      {
        file: "src/domain/events/webhook-addresses.ts",
        only: ["metadataAddress", "isAllowedAddress", "isRefusedIp", "checkedLookup"],
      },
      { file: "src/domain/events/webhook-signature.ts" }, // what a receiver can verify
      { file: "src/domain/alerts/conditions.ts" }, // what operators are told of, and that it is over
      { file: "src/domain/alerts/robots.ts", only: ["signFeishu", "signDingTalk"] }, // what a robot can verify
      { file: "src/domain/events/publish.ts" }, // numbers without a gap
      { file: "src/domain/sign-in/callback.ts" }, // state, browser and app; one claim
      { file: "src/domain/sign-in/grant.ts" }, // what WeChat must have answered
      {
        file: "src/domain/sign-in/start.ts",
        only: [
          "startSignIn",
          "startBinding",
          "startByBindLink",
          "begin",
          "startProfileRequest",
          "findMatchingSecret",
        ],
      },
      { file: "src/domain/sign-in/questions.ts" }, // who is asked what, and who may answer
      { file: "src/domain/sign-in/bind.ts" }, // which session a WeChat account is added to
      { file: "src/domain/sign-in/bind-link.ts" }, // whom a bind link connects, and once
      { file: "src/domain/sign-in/host-return.ts" }, // which host a browser returns to, with which ticket
      { file: "src/domain/hosts/tickets.ts" }, // who redeems a ticket
      { file: "src/domain/hosts/bind-links.ts", only: ["createBindLink", "isOpen", "readBindLink"] },
      { file: "src/domain/hosts/introspect.ts" }, // whose session a cookie is
      { file: "src/domain/cookie-header.ts" }, // which cookie counts
      { file: "src/db/tickets.ts", only: ["redeemTicket"] },
      { file: "src/db/bind-links.ts", only: ["claimBindLink"] },
      { file: "src/domain/identity/bind-identity.ts" }, // what belongs to another user is not moved
      { file: "src/domain/sign-in/repeated-callback.ts" }, // a repeated callback exchanges nothing
      { file: "src/domain/identity/identity.ts" }, // (appid, openid) is the key, a unionid joins one group
      { file: "src/domain/identity/import-people.ts", only: ["planPerson"] }, // whom a record of an import joins
      { file: "src/domain/identity/import-openids.ts", only: ["planRename"] }, // whose openid is replaced
      { file: "src/domain/identity/merges.ts" }, // which two users become one, and what an undo gives back
      { file: "src/db/merges.ts" }, // what moves, and nothing else
      { file: "src/domain/proxy-agent.ts" }, // what a proxy answers is not WeChat's answer
      { file: "src/domain/sessions/lifetime.ts" }, // how long a session lasts
      { file: "src/domain/sessions/sessions.ts" }, // which user a session belongs to
      { file: "src/domain/sessions/open-session.ts" }, // what a session is opened with
      { file: "src/domain/people/block.ts" }, // who may not sign in
      { file: "src/domain/people/blocked-identities.ts" }, // who may not after they were erased
      { file: "src/domain/bindings/unbind.ts" }, // whose binding, and never the last by accident
      { file: "src/domain/hosts/api-keys.ts", only: ["createApiKey", "revokeKey", "findCaller"] }, // which key is one
      { file: "src/db/hosts.ts", only: ["findApiKey"] }, // no revoked key, and none of a disabled host
      { file: "src/http/host-api/request-headers.ts" }, // one key, and no guess between two
      { file: "src/domain/events/webhook-secrets.ts" }, // which secrets sign
      { file: "src/domain/hosts/admit.ts" }, // whose key, from where, and how often
      { file: "src/domain/hosts/networks.ts", only: ["isInNetworks"] }, // which address is in a key's networks
      { file: "src/domain/hosts/call.ts" }, // no operation without its scope
      { file: "src/domain/hosts/idempotency.ts" }, // one thing, once, and its secret shown once
      { file: "src/domain/audit-seals.ts" }, // a removed or altered entry shows
      { file: "src/db/users.ts" }, // no session after a block
      { file: "src/domain/operators/roles.ts" }, // which role may do what
      { file: "src/domain/operators/sessions.ts", only: ["findOperator"] },
      { file: "src/domain/operators/manage.ts" }, // an owner remains, and a disabled operator is out
      { file: "src/domain/operators/pending-sign-ins.ts" }, // no session without the second factor
      { file: "src/domain/operators/totp.ts", only: ["stepOfCode"] }, // which code is one, and when
      { file: "src/domain/operators/passkeys.ts" }, // which signature counts, for which origin
      { file: "src/domain/operators/recovery-codes.ts" }, // long enough, hashed, of one operator
      {
        file: "src/db/operator-factors.ts",
        only: [
          "findOperatorWithoutFactor",
          "insertFactor",
          "advanceFactor",
          "spendRecoveryCode",
          "findChallenge",
          "spendChallengeValue",
          "deleteChallengesOf",
        ],
      },
      {
        file: "src/db/sign-ins.ts",
        only: ["claimAuthorizationRequest", "finishAuthorizationRequest", "abandonAuthorizationRequest"],
      },
      { file: "src/db/session-columns.ts" }, // alive or expired, at the very moment
      {
        file: "src/db/sessions.ts",
        only: ["findLiveSession", "confirmSession", "deleteSessionOfUser", "deleteSessionsOfUser"],
      },
      {
        file: "src/db/identities.ts",
        only: [
          "insertUnion",
          "insertBinding",
          "completeBinding",
          "touchBinding",
          "lockBinding",
          "upsertBindingOfUser",
          "confirmUnion",
          "settleUnion",
          "insertConflictOfBinding",
        ],
      },
    ],
  },
];
