/**
 * What `npm run test:mutation` changes besides the guards, and the tests that must notice. A source file belongs to the
 * part with the longest path that it begins with; a test file is named without `.test.ts`, and a name that ends in `*`
 * stands for all that begin so. Fast tests first: the first failure ends the run of a change.
 *
 * `limit` is the share of changes, in percent, that may go unnoticed in a folder.
 *
 * @typedef {{ sources: string[], tests: string[] }} Part
 * @type {{ directory: string, limit: number, parts: Part[] }[]}
 */
export const mutated = [
  {
    directory: "packages/wechat-oauth",
    limit: 10,
    parts: [
      {
        sources: ["src/"],
        tests: [
          "errcodes",
          "errcodes-by-call",
          "callback",
          "authorize-url",
          "answer*",
          "arguments",
          "errors",
          "followers",
          "operations",
          "js-sdk",
          "mask",
          "user-agent",
          "wx-login",
          "requests",
          "redaction",
          "secrets",
          "retries-and-reports",
          "network",
          "node-transport",
          "against-simulator",
          "account-against-simulator",
          "properties",
        ],
      },
      {
        sources: ["src/keeper/", "src/keeper.ts", "src/redis.ts", "src/token-families.ts"],
        tests: [
          "keeper/backoff",
          "keeper/clock",
          "keeper/failures",
          "keeper/first-refusal",
          "keeper/one-fetch",
          "keeper/refused-token",
          "keeper/seal-and-events",
          "keeper/sources",
          "keeper/lost-store",
          "keeper/store-contract",
          "keeper/properties",
        ],
      },
    ],
  },
  {
    directory: "packages/wechat-simulator",
    limit: 15,
    parts: [
      {
        sources: ["src/sns/", "src/rules/", "src/routes/", "src/protocol/", "src/stores/"],
        tests: [
          "bounded-map",
          "mask-secrets",
          "clock",
          "codes",
          "sns*",
          "tokens",
          "global-tokens",
          "cgi-calls",
          "authorize*",
          "qr*",
          "limits",
          "conformance*",
          "commands*",
          "control-api*",
          "other-sites",
          "unknown-paths",
          "verify-file",
          "pictures",
          "delete-person",
          "panel-pages",
        ],
      },
      {
        sources: ["src/cgi/"],
        tests: ["cgi-calls", "global-tokens", "conformance-api", "limits", "sns-methods", "commands*"],
      },
      {
        sources: ["src/qr/", "src/pages/"],
        tests: ["qr*", "authorize*", "page-faults", "pictures", "other-sites", "unknown-paths", "commands"],
      },
      {
        sources: ["src/control/", "src/input/", "src/"],
        tests: [
          "control-api*",
          "commands*",
          "apps-setting",
          "clock",
          "faults",
          "delete-person",
          "tokens",
          "cli",
        ],
      },
      {
        sources: ["src/faults/"],
        tests: ["faults", "fault-shares", "page-faults", "commands*", "control-api"],
      },
      {
        sources: ["src/panel/"],
        tests: ["panel-pages", "panel-forms", "panel-form-safety", "delete-person"],
      },
      { sources: ["src/traffic/"], tests: ["traffic"] },
      { sources: ["src/tls/"], tests: ["tls-certificate", "tls", "tls-forward", "tls-command"] },
    ],
  },
  {
    directory: "apps/api",
    limit: 10,
    parts: [
      {
        sources: ["src/domain/console/", "src/db/console/", "src/db/keyset.ts", "src/domain/cursor.ts"],
        tests: [
          "list-gate",
          "console-lists",
          "console-search",
          "people-affected",
          "browser-of-sign-in",
          "tokens",
          "roles",
        ],
      },
      {
        sources: ["src/trpc/", "src/domain/account.ts", "src/domain/notices.ts"],
        tests: [
          "procedures.unit",
          "inputs",
          "sessions",
          "roles",
          "console-audit",
          "console-lists",
          "tokens",
          "app-tokens",
          "operators",
          "passwords",
        ],
      },
      {
        sources: ["src/domain/jobs/", "src/db/delete-batch.ts"],
        tests: ["unfinished-sign-ins", "sessions.unit", "restart"],
      },
      {
        sources: ["src/domain/operators/", "src/db/operators.ts", "src/db/audit.ts", "src/domain/audit.ts"],
        tests: [
          "db/first-operator",
          "console-audit",
          "operators",
          "operator-races",
          "passwords",
          "roles",
          "cookies",
        ],
      },
      {
        sources: ["src/domain/tokens/", "src/domain/failures/", "src/db/tokens.ts", "src/db/failures.ts"],
        tests: ["app-tokens", "user-token-check", "tokens", "people-affected", "wechat-faults"],
      },
      {
        sources: ["src/domain/sign-in/", "src/domain/sessions/", "src/domain/identity/", "src/domain/"],
        tests: [
          "failure-page.unit",
          "display-profile.unit",
          "return-to.unit",
          "sign-in.unit",
          "profile.unit",
          "repeated-callback.unit",
          "sessions.unit",
          "identity.unit",
          "requests",
          "sign-in-start",
          "callback",
          "sign-in",
          "site-names",
          "identity",
          "incomplete-answers",
          "retry-links",
          "passwords",
          "secrets",
        ],
      },
      {
        sources: ["src/db/"],
        tests: [
          "db/required",
          "db/identities",
          "db/first-operator",
          "db/database",
          "db/file.sqlite",
          "sessions.unit",
          "sign-in.unit",
          "sessions",
          "unfinished-sign-ins",
          "database-lock",
        ],
      },
      {
        sources: ["src/http/", "src/app.ts"],
        tests: [
          "cookies.unit",
          "log-redaction.unit",
          "page-contract",
          "security-headers",
          "console-files",
          "compression",
          "cross-site",
          "proxies",
          "rate-limit",
          "pages",
          "log",
          "sign-in-start",
          "sign-in",
          "retry-links",
          "cookies",
          "inputs",
          "site-names",
          "requests",
        ],
      },
      {
        sources: ["src/env.ts", "src/env-apps.ts", "src/weak-keys.ts", "src/load-settings.ts"],
        tests: ["settings", "secrets", "site-names", "readme"],
      },
    ],
  },
  {
    directory: "apps/admin",
    limit: 15,
    parts: [{ sources: ["src/"], tests: ["format", "list-search", "search-params", "routes", "messages"] }],
  },
  {
    directory: "apps/login",
    limit: 15,
    parts: [{ sources: ["src/"], tests: ["html", "slots", "pages", "account"] }],
  },
];

/**
 * Source files that are not changed, and why. A path stands for all files that begin with it and, where `ending` is
 * given, end so.
 *
 * @type {{ path: string, ending?: string, because: string }[]}
 */
export const unmutated = [
  ...[
    "main.ts",
    "operator.ts",
    "groups.ts",
    "persisted-keys.ts",
    "http/vite.ts",
    "db/postgres.ts",
    "db/postgres-dialect.ts",
  ].map((file) => ({
    path: `apps/api/src/${file}`,
    because: "runs in a process of its own or on PostgreSQL, and mutation runs neither",
  })),
  ...["schema.ts", "schema.sqlite.ts", "schema.postgres.ts", "migrations.ts"].map((file) => ({
    path: `apps/api/src/db/${file}`,
    because: "tables: db/schema.test compares the whole of them with both databases",
  })),
  {
    path: "packages/wechat-oauth/src/errcodes/",
    because: "texts: docs/errcodes.md shows them, and a test compares",
  },
  ...["packages/wechat-oauth", "packages/wechat-simulator"].map((directory) => ({
    path: `${directory}/src/index.ts`,
    because: "exports only",
  })),
  { path: "packages/wechat-oauth/src/testing.ts", because: "a helper for tests of applications" },
  ...["cli.ts", "serve.ts", "traffic/command.ts", "traffic/demo.ts", "tls/node-preload.ts"].map((file) => ({
    path: `packages/wechat-simulator/src/${file}`,
    because: "runs in a process of its own, where mutation does not reach",
  })),
  ...["qr/page-script.ts", "pages/style.ts", "panel/files.ts"].map((file) => ({
    path: `packages/wechat-simulator/src/${file}`,
    because: "a file for browsers, as a text",
  })),
  { path: "apps/admin/src/", ending: ".tsx", because: "components: each test of them takes seconds" },
  { path: "apps/admin/src/messages/", because: "texts" },
  { path: "apps/login/src/texts/", because: "texts" },
  { path: "apps/login/src/pages/icons.ts", because: "drawings" },
  ...["browser/", "main.ts"].map((file) => ({
    path: `apps/login/src/${file}`,
    because: "runs in a browser; the browser tests cover it",
  })),
];
