import { type FindingState, type Outcome, type OutcomeName, outcomes } from "./outcomes.js";

/** A value in the words: a count, an address, names. */
export type FindingValues = Record<string, string | number>;

/** What one check found, in words. */
export interface Finding {
  /** The check, as the first part of its outcomes' names. */
  check: string;
  outcome: OutcomeName;
  state: FindingState;
  actor: "operator" | "developer" | null;
  text: Record<Language, string>;
  remedy: Record<Language, string> | null;
  values: FindingValues;
}

type Language = "en" | "zh";

/** What the checks found: of this server, and of each configured app. */
export interface Diagnosis {
  at: Date;
  site: Finding[];
  apps: { appId: string; key: string; kind: "official_account" | "website"; findings: Finding[] }[];
}

export function finding(outcome: OutcomeName, values: FindingValues = {}): Finding {
  const { state, actor, en, zh }: Outcome = outcomes[outcome];
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  return {
    check: outcome.slice(0, outcome.indexOf(".")),
    ...{ outcome, state, actor: actor ?? null, values },
    text: { en: fill(en.text), zh: fill(zh.text) },
    remedy: en.remedy && zh.remedy ? { en: fill(en.remedy), zh: fill(zh.remedy) } : null,
  };
}
