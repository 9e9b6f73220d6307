import { openidColumns, openidsImport } from "./domain/identity/import-openids.js";
import { runImportCommand } from "./import-command.js";

// `npm run openids -- import FILE --app KEY [--from APPID] [--dry-run] [--report FILE] [--format csv|ndjson]`

await runImportCommand({
  usage:
    "npm run openids -- import FILE --app KEY [--from APPID] [--dry-run] [--report FILE] [--format csv|ndjson]",
  columns: openidColumns,
  options: ["app", "from"],
  task(deps, file, { app: name = "", from }, isDryRun) {
    const app = deps.apps.byKey(name) ?? deps.apps.byAppId(name);
    if (!app) return "--app names an app of WECHAT_APPS by its key or its appid.";
    if (from !== undefined && !/^wx[0-9a-zA-Z]{16}$/.test(from))
      return "--from is an appid: wx and 16 characters.";
    return openidsImport(deps, file, { app, fromAppId: from ?? app.appId, isDryRun });
  },
  results: {
    renamed: { one: "openid replaced", many: "openids replaced" },
    unchanged: { one: "already there", many: "already there" },
    unknown: { one: "of no user here", many: "of no user here" },
    conflict: { one: "conflict", many: "conflicts" },
    unreadable: { one: "line that cannot be read", many: "lines that cannot be read" },
  },
});
