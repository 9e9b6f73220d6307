type Part<Name, First extends string> = Name extends `${First}.${infer Rest}` ? Rest : never;

/** A text for each name such as `people.block`, as a tree: `{ people: { block: "…" } }`. A name without one does not compile. */
export type Nested<Name extends string> = {
  readonly [First in Name extends `${infer Before}.${string}` ? Before : never]: {
    readonly [Rest in Part<Name, First>]: string;
  };
};
