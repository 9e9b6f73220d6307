import { type HostRefusal, hostProblems } from "../../domain/hosts/host-error.js";
import { escapeHtml } from "../fill-page.js";
import type { Language } from "../language.js";
import type { OpenApiDocument, OperationObject, Parameter, Schema } from "./openapi.js";

const words = {
  en: {
    title: "Host API reference",
    intro:
      "For the servers of host applications. Each call carries <code>Authorization: Bearer</code> with a key that <code>npm run host -- keys create</code> printed. Bodies and answers are JSON; times are ISO 8601. The same as a document for programs:",
    operations: "Operations",
    problems: "Problems",
    problemsIntro:
      "An error is <code>application/problem+json</code>: <code>code</code> for programs, <code>detail</code> for their authors, <code>requestId</code> for support.",
    scope: "Scope",
    anyKey: "any key",
    request: "Request",
    answer: "Answer",
    none: "Nothing.",
    columns: ["Field", "In", "Type", "Meaning"],
    required: "required",
  },
  zh: {
    title: "接入应用 API 参考",
    intro:
      "供接入应用的服务器调用。每次调用都要带 <code>Authorization: Bearer</code> 和 <code>npm run host -- keys create</code> 输出的密钥。请求体和响应都是 JSON，时间为 ISO 8601。供程序读取的同一份文档：",
    operations: "操作",
    problems: "错误",
    problemsIntro:
      "错误以 <code>application/problem+json</code> 返回：<code>code</code> 供程序判断，<code>detail</code> 供开发者阅读，<code>requestId</code> 用于排查。",
    scope: "所需 scope",
    anyKey: "任意密钥",
    request: "请求",
    answer: "响应",
    none: "无。",
    columns: ["字段", "位置", "类型", "说明"],
    required: "必填",
  },
} satisfies Record<Language, object>;

/** The page of reference: plain HTML from the OpenAPI document, in the language of the reader's browser. */
export function referencePage(document: OpenApiDocument, language: Language): string {
  const t = words[language];
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const contents = entries.map(
    ({ operation: { operationId, summary } }) =>
      `<li><a href="#${operationId}">${operationId}</a> ${escapeHtml(summary)}</li>`,
  );
  const sections = entries.map(({ path, method, operation }) =>
    section(document, language, { path, method, operation }),
  );
  const problems = (Object.keys(hostProblems) as HostRefusal[]).map(
    (code) =>
      `<dt id="${code}"><code>${code}</code> ${hostProblems[code].status}</dt><dd>${escapeHtml(hostProblems[code].advice[language])}</dd>`,
  );
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${t.title}</title>
<link rel="stylesheet" href="/api/v1/docs.css">
</head>
<body>
<main>
<h1>${t.title}</h1>
<p>${t.intro} <a href="/api/v1/openapi.json">openapi.json</a></p>
<nav><ul>${contents.join("")}<li><a href="#problems">${t.problems}</a></li></ul></nav>
<h2>${t.operations}</h2>
${sections.join("\n")}
<h2 id="problems">${t.problems}</h2>
<p>${t.problemsIntro}</p>
<dl>${problems.join("\n")}</dl>
</main>
</body>
</html>
`;
}

interface Entry {
  path: string;
  method: string;
  operation: OperationObject;
}

function section(document: OpenApiDocument, language: Language, { path, method, operation }: Entry): string {
  const t = words[language];
  const [{ apiKey: scopes }] = operation.security;
  const parameters = operation.parameters.filter((one): one is Parameter => "name" in one);
  const body = operation.requestBody?.content["application/json"].schema;
  const request = [
    ...parameters.map(({ name, in: place, required, schema, description = "" }) =>
      row(t, { name, place, required, schema, description }),
    ),
    ...(body ? rowsOf(document, t, body, "body") : []),
  ];
  const answer = rowsOf(document, t, operation.responses[200].content["application/json"].schema, "body");
  return `<section id="${operation.operationId}">
<h3><code>${method.toUpperCase()} /api/v1${escapeHtml(path)}</code></h3>
<p>${escapeHtml(operation.summary)}</p>
<p>${t.scope}: ${scopes.length > 0 ? `<code>${scopes.join("</code> <code>")}</code>` : t.anyKey}</p>
<h4>${t.request}</h4>
${table(t, request)}
<h4>${t.answer}</h4>
${table(t, answer)}
</section>`;
}

type Words = (typeof words)[Language];

function table(t: Words, rows: readonly string[]): string {
  if (rows.length === 0) return `<p>${t.none}</p>`;
  const head = t.columns.map((column) => `<th scope="col">${column}</th>`).join("");
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

interface Field {
  name: string;
  place: string;
  required: boolean;
  schema: Schema;
  description: string;
}

function row(t: Words, { name, place, required, schema, description }: Field): string {
  const type = `${typeOf(schema)}${schema.default === undefined ? "" : ` = ${JSON.stringify(schema.default)}`}`;
  const meaning = [required ? t.required : "", escapeHtml(description)]
    .filter((part) => part !== "")
    .join(". ");
  return `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}</td><td>${escapeHtml(type)}</td><td>${meaning}</td></tr>`;
}

/** The fields of an object, and those of objects in it under dotted names: `items[].id`. */
function rowsOf(document: OpenApiDocument, t: Words, schema: Schema, place: string, prefix = ""): string[] {
  const { $ref, anyOf, oneOf, items } = schema;
  if ($ref !== undefined) {
    const named = document.components.schemas[$ref.slice($ref.lastIndexOf("/") + 1)];
    return named ? rowsOf(document, t, named, place, prefix) : [];
  }
  if (items) return rowsOf(document, t, items, place, `${prefix}[]`);
  const choices = (anyOf ?? oneOf ?? []).flatMap((one) => rowsOf(document, t, one, place, prefix));
  const own = Object.entries(schema.properties ?? {}).flatMap(([field, one]) => {
    const name = prefix === "" ? field : `${prefix}.${field}`;
    const required = schema.required?.includes(field) ?? false;
    const { description = "" } = one;
    return [
      row(t, { name, place, required: place === "body" && required, schema: one, description }),
      ...rowsOf(document, t, one, place, name),
    ];
  });
  return [...new Set([...choices, ...own])];
}

function typeOf({ $ref, type, format, enum: values, const: only, items, anyOf, oneOf }: Schema): string {
  if (values) return values.map((value) => JSON.stringify(value)).join(" | ");
  if (only !== undefined) return JSON.stringify(only);
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf("/") + 1);
  const choices = anyOf ?? oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(" | ");
  if (items) return `${typeOf(items)}[]`;
  return format ?? (Array.isArray(type) ? type.join(" | ") : (type ?? "any"));
}

/** Served apart: the security policy allows no style within a page. */
export const referenceStyle = `:root { color-scheme: light dark; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 24px 16px 64px; }
section, dt { scroll-margin-top: 16px; }
section { margin: 32px 0; padding-top: 8px; border-top: 1px solid #8886; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid #8883; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
dt { margin-top: 16px; font-weight: 600; }
dd { margin: 4px 0 0; }
dt:target, section:target h3 { background: #fd03; }
`;
