import { isClientId } from "./domain/hosts/clients.js";
import { peopleColumns, peopleImport } from "./domain/identity/import-people.js";
import { runImportCommand } from "./import-command.js";

// `npm run people -- import FILE [--client NAME] [--dry-run] [--report FILE] [--format csv|ndjson]`

await runImportCommand({
  usage: "npm run people -- import FILE [--client NAME] [--dry-run] [--report FILE] [--format csv|ndjson]",
  columns: peopleColumns,
  options: ["client"],
  task: (deps, file, { client: clientId }, isDryRun) =>
    clientId === undefined || isClientId(clientId)
      ? peopleImport(deps, file, { clientId, isDryRun })
      : "--client is a name of lower-case letters, digits, - and _, such as `shop`.",
  results: {
    new: { one: "new person", many: "new people" },
    joined: { one: "joins a known person", many: "join a known person" },
    unchanged: { one: "already there", many: "already there" },
    conflict: { one: "conflict", many: "conflicts" },
    unreadable: { one: "line that cannot be read", many: "lines that cannot be read" },
  },
});
