import { Window } from "happy-dom";

/** Reads a document as a browser does, without running its script. */
export function parse(html: string): Document {
  const { document } = new Window({ url: "https://login.example.com/" });
  document.write(html);
  return document as unknown as Document;
}
