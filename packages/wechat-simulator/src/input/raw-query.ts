/** One parameter of a URL, undecoded. */
export interface RawParameter {
  name: string;
  value: string;
}

/** The query of a request line, undecoded and in order, as WeChat matches it. */
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

/** The first parameter of that name. Later ones are ignored: they may be the tail of an unencoded redirect_uri. */
export function findRaw(parameters: readonly RawParameter[], name: string): string | undefined {
  return parameters.find((parameter) => parameter.name === name)?.value;
}

/** Percent-decoding only: a `+` stays a `+`. Undefined if an escape is invalid. */
export function decode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined; // the caller shows its own error page
  }
}
