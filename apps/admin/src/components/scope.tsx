import type { ReactNode } from "react";

/** The granted scopes, comma-separated; a dash where WeChat did not say. */
export function Scope({ scope }: { scope: string }): ReactNode {
  return scope === "" ? "–" : <code>{scope}</code>;
}
