import { addAbortSignal, Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { listAudit } from "../domain/console/audit.js";
import * as columns from "../domain/console/exports/columns.js";
import { type ExportFormat, exportFormats, formatOf } from "../domain/console/exports/formats.js";
import { keptAlive } from "../domain/console/exports/kept-alive.js";
import { type ReadPage, readExport, recordExport } from "../domain/console/exports/read.js";
import { ExportSlots } from "../domain/console/exports/slots.js";
import { listFailureLog } from "../domain/console/failure-people.js";
import { listPeople } from "../domain/console/people.js";
import { listSignInLog } from "../domain/console/sign-ins.js";
import { listUserTokensPage } from "../domain/console/user-tokens.js";
import type { PageInput } from "../domain/console/view.js";
import type { Page } from "../domain/cursor.js";
import type { Deps } from "../domain/deps.js";
import { type OperatorRole, requireRole } from "../domain/operators/roles.js";
import { AppError } from "../trpc/errors.js";
import * as filters from "../trpc/list-filters.js";
import { authenticateOperator } from "./authentication.js";
import type { Cookies } from "./cookies.js";
import { refuseOperator } from "./refuse-operator.js";
import { isForeign, refuseForeign } from "./same-origin.js";
import { timeouts } from "./timeouts.js";
import { visitorOf } from "./visitor.js";

/** A list as a file: what it can be filtered by, and how a page of it is read and written. */
interface Exportable {
  filter: z.ZodType<object>;
  read(deps: Deps, role: OperatorRole, filter: object): ReadPage;
  format(name: (typeof exportFormats)[number]): ExportFormat;
}

function exportable<Filter extends z.ZodRawShape, Row>(
  filter: Filter,
  columnsOfRow: columns.Columns<Row>,
  read: (
    deps: Deps,
    role: OperatorRole,
    query: z.output<z.ZodObject<Filter>> & PageInput,
  ) => Promise<Page<Row>>,
): Exportable {
  return {
    // A filter that is misspelt must not export everything.
    filter: z.strictObject(filter),
    read: (deps, role, given) => (page) =>
      read(deps, role, { ...(given as z.output<z.ZodObject<Filter>>), ...page }),
    format: (name) => formatOf(name, columnsOfRow),
  };
}

const exportables = new Map<string, Exportable>([
  ["people", exportable(filters.peopleFilter, columns.peopleColumns, listPeople)],
  [
    "sign-ins",
    exportable(filters.signInsFilter, columns.signInsColumns, (deps, _role, query) =>
      listSignInLog(deps, query),
    ),
  ],
  [
    "failures",
    exportable(filters.failuresFilter, columns.failuresColumns, (deps, _role, query) =>
      listFailureLog(deps, query),
    ),
  ],
  ["user-tokens", exportable(filters.userTokensFilter, columns.userTokensColumns, listUserTokensPage)],
  [
    "audit",
    exportable(filters.auditFilter, columns.auditColumns, (deps, _role, query) => listAudit(deps, query)),
  ],
]);

/** The server cuts a connection on which nothing is sent; some proxies are quicker. */
export const mostSilentMs = timeouts.connectionTimeout / 3;

const formatInput = z.enum(exportFormats);

/**
 * `GET /admin/export/<list>?format=csv|ndjson&<filter>`: all rows of a list of the console as a file. It does itself what
 * trpc/procedures.ts does for a list: authentication, role, masking, audit, and reading in turn.
 */
export function exportRoutes(
  app: FastifyInstance,
  { deps, cookies, pauseMs = mostSilentMs }: { deps: Deps; cookies: Cookies; pauseMs?: number },
): void {
  const slots = new ExportSlots();
  const stopping = new AbortController();
  // The server does not wait for them when it stops: a file that is cut off does not look complete.
  app.addHook("preClose", async () => stopping.abort(new Error("the server is stopping")));

  // Not for HEAD, which would write an entry of the audit log for nothing.
  const options = { exposeHeadRoute: false, compress: false } as const;
  app.get("/admin/export/:list", options, async (request, reply) => {
    // A link on another site would come with the cookie.
    if (isForeign(request, deps.settings.publicUrl)) return refuseForeign(request, reply);
    let release = () => {};
    try {
      const findOperator = () => authenticateOperator(deps, cookies, request);
      const operator = requireRole({ log: request.log }, await findOperator(), "viewer");
      const { list, name, parsed, format, given } = inputOf(request);
      release = slots.take(operator.id);
      const by = { operatorId: operator.id, visitor: visitorOf(request) };
      await recordExport(deps, by, { list: name, format, filter: given });

      const written = list.format(format);
      const read = list.read(deps, operator.role, parsed);
      const pages = readExport(deps, operator, read, { format: written, findOperator });
      const text = keptAlive(pages, { ...written, pauseMs });
      // What fails before there is a row is answered with its reason.
      const first = await text.next();
      const file = Readable.from(startingWith(first, text), { objectMode: false });
      addAbortSignal(stopping.signal, file).once("close", release);
      return await reply
        .type(written.contentType)
        .header("content-disposition", `attachment; filename="${fileName(name, format, deps.now())}"`)
        // For nginx, which would otherwise read ahead of a slow browser.
        .header("x-accel-buffering", "no")
        .send(file);
    } catch (error) {
      release();
      return refuseOperator(request, reply, error);
    }
  });
}

async function* startingWith(
  first: IteratorResult<string, void>,
  others: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  if (first.done !== true) yield first.value;
  yield* others;
}

/** @throws {AppError} not_found · input_invalid */
function inputOf(request: FastifyRequest) {
  const { list: name } = request.params as { list: string };
  const list = exportables.get(name);
  if (!list) throw new AppError("not_found", { detail: "There is no such list to export." });
  const { format, ...given } = request.query as Record<string, string>;
  const parsedFormat = formatInput.safeParse(format);
  const parsed = list.filter.safeParse(given);
  if (!parsedFormat.success || !parsed.success) {
    throw new AppError("input_invalid", {
      detail: "The format is csv or ndjson, and the list has no such filter.",
    });
  }
  return { list, name, parsed: parsed.data, format: parsedFormat.data, given };
}

/** With the time to the second in UTC, so that two files have two names. */
const fileName = (list: string, format: string, now: Date): string =>
  `${list}-${now.toJSON().slice(0, 19).replaceAll(":", "-")}Z.${format}`;
