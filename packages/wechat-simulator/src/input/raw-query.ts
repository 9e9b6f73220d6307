/** One parameter as it stands in the URL, nothing decoded. */
export interface RawParameter {
  name: string;
  value: string;
}

/** The query of a request line, undecoded and in its order: WeChat looks at exactly that. */
export function parseRawQuery(url: string): RawParameter[] {
  const mark = url.indexOf("?");
  if (mark === -1) return [];
  return url
    .slice(mark + 1)
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1
        ? { name: pair, value: "" }
        : { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
    });
}

/** The first parameter of that name; the others are ignored, as an unencoded redirect_uri's leftovers are. */
export function findRaw(parameters: readonly RawParameter[], name: string): string | undefined {
  return parameters.find((parameter) => parameter.name === name)?.value;
}

/** Percent-decoding alone: a `+` stays a `+`. Undefined when the escapes make no sense. */
export function decode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined; // the caller shows its own error page; which escape was wrong helps nobody
  }
}
