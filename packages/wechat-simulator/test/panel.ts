import type { Simulator } from "../src/index.js";
import { tap } from "./phone.js";

/** Every page of the panel. */
export const PANEL_PATHS = [
  "/",
  "/people",
  "/people/delete?person=alice",
  "/apps",
  "/tokens",
  "/faults",
  "/switches",
  "/clock",
  "/guide",
] as const;

/** One page as a browser without scripts gets it. */
export async function openPanel(
  simulator: Simulator,
  path: string = "/",
  { language = "en", cookie = "" }: { language?: string; cookie?: string } = {},
): Promise<{ response: Response; text: string }> {
  const headers = { "accept-language": language, cookie };
  const response = await fetch(`${simulator.url}${path}`, { headers });
  return { response, text: await response.text() };
}

/** Submits one of the panel's forms. */
export function submit(
  simulator: Simulator,
  form: string,
  fields: Record<string, string> = {},
): Promise<Response> {
  return tap(simulator, `${simulator.url}/_simulator/forms/${form}`, fields);
}

/** The text of the page without markup. */
export function wordsOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
}
