import { exceptions, words } from "./list.mjs";

const insteadOf = new Map(words.flatMap(({ forms, instead }) => forms.map((form) => [form, instead])));

/** A word of prose, or one part of an identifier: `lastHop`, `LAST_HOP` and `last-hop` are two words each. */
const wordPattern = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

/**
 * The listed words in a file's path and text.
 *
 * @param allowed the exceptions to apply; each one that applies is added to `used`.
 * @returns one entry for each word of a line; line 0 is the path.
 */
export function findWords(file, text, { allowed = exceptions, used = new Set() } = {}) {
  return [file, ...text.split("\n")].flatMap((content, line) =>
    [...new Set((content.match(wordPattern) ?? []).map((word) => word.toLowerCase()))]
      .filter((word) => insteadOf.has(word))
      .filter((word) => {
        const exception = allowed.find(
          (entry) => entry.file === file && entry.word === word && line > 0 && content.includes(entry.text),
        );
        if (exception) used.add(exception);
        return !exception;
      })
      .map((word) => ({ file, line, word, instead: insteadOf.get(word) })),
  );
}

export const describeFinding = ({ file, line, word, instead }) =>
  `${line === 0 ? `${file} (its name)` : `${file}:${line}`}: "${word}": write ${instead}`;
