import type { FastifyInstance } from "fastify";
import { operations } from "../../domain/hosts/operations/index.js";
import { type Language, languageOf } from "../language.js";
import { type OpenApiDocument, openApiOf } from "./openapi.js";
import { referencePage, referenceStyle } from "./reference-page.js";

/** The reference of the host API, for programs and for people: without a key, and made once, when it is first read. */
export function referenceRoutes(scope: FastifyInstance, { publicUrl }: { publicUrl: URL }): void {
  let made: OpenApiDocument | undefined;
  const documentOnce = (): OpenApiDocument => (made ??= openApiOf(operations, { publicUrl }));
  const pages = new Map<Language, string>();
  const pageIn = (language: Language): string => {
    const page = pages.get(language) ?? referencePage(documentOnce(), language);
    pages.set(language, page);
    return page;
  };
  scope.get("/openapi.json", { exposeHeadRoute: false }, async () => documentOnce());
  scope.get("/docs", { exposeHeadRoute: false }, async (request, reply) =>
    reply.type("text/html; charset=utf-8").send(pageIn(languageOf(request))),
  );
  scope.get("/docs.css", { exposeHeadRoute: false }, async (_request, reply) =>
    reply.type("text/css; charset=utf-8").send(referenceStyle),
  );
}
