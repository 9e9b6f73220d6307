import { createConfig, lintFromString } from "@redocly/openapi-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostProblems } from "../src/domain/hosts/host-error.js";
import { operations } from "../src/domain/hosts/operations/index.js";
import { type OpenApiDocument, openApiOf } from "../src/http/host-api/openapi.js";
import { referencePage } from "../src/http/host-api/reference-page.js";
import { listed, made } from "./support/made-operations.js";
import { routesOf } from "./support/routes.js";
import { type System, startSystem } from "./support/system.js";

async function complaints(document: object) {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(({ ruleId, message, location: [at] }) => `${ruleId} ${at?.pointer}: ${message}`);
}

const publicUrl = new URL("https://login.example");

describe("the OpenAPI document of the host API", () => {
  let system: System;
  let document: OpenApiDocument;
  beforeAll(async () => {
    system = await startSystem();
    const answer = await fetch(`${system.url}/api/v1/openapi.json`);
    document = (await answer.json()) as OpenApiDocument;
  });
  afterAll(() => system.close());

  it("has no fault that a linter finds, and the linter finds one", async () => {
    const isLocal = (text: string) => text.includes("localhost"); // PUBLIC_URL of this test
    expect((await complaints(document)).filter((text) => !isLocal(text))).toEqual([]);
    expect(await complaints(openApiOf([made, listed], { publicUrl }))).toEqual([]);
    const twice = openApiOf([made, { ...listed, name: "things.make" }], { publicUrl });
    expect(await complaints(twice)).toEqual([expect.stringMatching(/^operation-operationId-unique /)]);
  });

  it("describes the routes that are served, each by its operation's own scope, and no other", () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, security }]) => [
        ...[operationId, method.toUpperCase(), path, security],
      ]),
    );
    expect(described.sort()).toEqual(
      operations
        .map(({ name, method, path, scope }) => [name, method, path, [{ apiKey: scope ? [scope] : [] }]])
        .sort(),
    );
    const served = routesOf(system.app.server).filter((route) => route.startsWith("/api/v1/"));
    const paths = Object.keys(document.paths).map((path) => `/api/v1${path.replace(/\{(\w+)\}/g, ":$1")}`);
    const reference = ["/api/v1/docs", "/api/v1/docs.css", "/api/v1/openapi.json"];
    expect(served).toEqual([...paths, ...reference].sort());
  });

  it("describes the input and the answer of an operation by its schemas", () => {
    const { paths, components } = openApiOf([made, listed], { publicUrl });
    const methods = paths["/shelves/{shelf}/things"];
    const ref = { $ref: "#/components/schemas/Thing" };
    const key = { $ref: "#/components/parameters/IdempotencyKey" };
    const refs = (...statuses: number[]) =>
      Object.fromEntries(
        statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
      );
    const shelf = { name: "shelf", in: "path", required: true, schema: { type: "string" } };
    const limit = { type: "integer", maximum: 200, default: 50 };
    const answer = (schema: object) => ({
      description: "Done",
      content: { "application/json": { schema: { type: "object", additionalProperties: false, ...schema } } },
    });
    expect(methods?.post).toEqual({
      ...{ operationId: "things.make", tags: ["things"], summary: "Makes <a> thing" },
      description: "Needs a key with the scope bind.",
      security: [{ apiKey: ["bind"] }],
      parameters: [shelf, key],
      requestBody: {
        required: false,
        content: {
          "application/json": {
            schema: {
              type: "object",
              properties: {
                size: { type: "integer", default: 1 },
                draft: { type: "boolean", default: false },
                label: { type: "string" },
              },
              required: [],
              additionalProperties: false,
            },
          },
        },
      },
      responses: {
        200: answer({
          properties: {
            thing: ref,
            others: { anyOf: [{ type: "array", items: ref }, { type: "null" }] },
            url: { type: "string", format: "uri" },
            note: { type: "string", description: "In a repeated answer: which fields it lacks" },
          },
          required: ["thing", "others"],
        }),
        ...refs(400, 401, 403, 404, 409, 410, 413, 415, 422, 424, 429, 500, 503),
      },
    });
    expect(methods?.get).toEqual({
      ...{ operationId: "things.list", tags: ["things"], summary: "The things" },
      description: "Needs any key.",
      security: [{ apiKey: [] }],
      parameters: [shelf, { name: "limit", in: "query", required: false, schema: limit }],
      responses: {
        200: answer({
          properties: {
            items: { type: "array", items: ref },
            nextCursor: { type: ["string", "null"] },
          },
          required: ["items", "nextCursor"],
        }),
        ...refs(400, 401, 403, 404, 409, 410, 424, 429, 500, 503),
      },
    });
    expect(components.schemas.Thing).toEqual({
      type: "object",
      properties: { id: { type: "string" }, state: { type: "string", enum: ["on", "off"] } },
      required: ["id", "state"],
      additionalProperties: false,
    });
  });

  it.each([
    ["en", "Host API reference", hostProblems.key_invalid.advice.en],
    ["zh", "接入应用 API 参考", hostProblems.key_invalid.advice.zh],
  ])(
    "has a page in %s with an anchor for each operation and each problem, without script or style within",
    async (language, title, advice) => {
      const answer = await fetch(`${system.url}/api/v1/docs`, { headers: { "accept-language": language } });
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      const html = await answer.text();
      expect(html).toContain(`<h1>${title}</h1>`);
      expect(html).toContain(advice);
      const anchors = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(anchors.sort()).toEqual(
        [...operations.map(({ name }) => name), ...Object.keys(hostProblems), "problems"].sort(),
      );
      const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
      for (const link of links) expect(anchors).toContain(link);
      expect(html).not.toMatch(/<script|<style|style=|https?:\/\/(?!shop\.example)/);
      expect((await fetch(`${system.url}/api/v1/docs.css`)).headers.get("content-type")).toBe(
        "text/css; charset=utf-8",
      );
    },
  );

  it("has a page that names each field with its place, type and need, escaped", () => {
    const html = referencePage(openApiOf([made, listed], { publicUrl }), "en");
    const rows = [...html.matchAll(/<tr><td>(.*?)<\/tr>/g)].map(([, row = ""]) =>
      row.replace(/<\/td><td>/g, " | ").replace(/<[^>]+>/g, ""),
    );
    expect(rows).toEqual([
      "shelf | path | string | required",
      "size | body | integer = 1 | ",
      "draft | body | boolean = false | ",
      "label | body | string | ",
      "thing | body | Thing | required",
      "thing.id | body | string | required",
      "thing.state | body | &quot;on&quot; | &quot;off&quot; | required",
      "others | body | Thing[] | null | required",
      "others[].id | body | string | required",
      "others[].state | body | &quot;on&quot; | &quot;off&quot; | required",
      "url | body | uri | ",
      "note | body | string | In a repeated answer: which fields it lacks",
      "shelf | path | string | required",
      "limit | query | integer = 50 | ",
      "items | body | Thing[] | required",
      "items[].id | body | string | required",
      "items[].state | body | &quot;on&quot; | &quot;off&quot; | required",
      "nextCursor | body | string | null | required",
    ]);
    expect(html).toContain("<p>Makes &lt;a&gt; thing</p>");
  });
});
