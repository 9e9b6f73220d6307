// @vitest-environment happy-dom
import { afterAll, describe, expect, it } from "vitest";
import { createConsoleRouter } from "../src/router.js";
import { alertsSearch } from "../src/search-params/alerts-search.js";
import { auditSearch } from "../src/search-params/audit-search.js";
import { conflictsSearch } from "../src/search-params/conflicts-search.js";
import { errorsSearch } from "../src/search-params/errors-search.js";
import { hostSearch } from "../src/search-params/host-search.js";
import { mergeSearch } from "../src/search-params/merge-search.js";
import { nextSearch } from "../src/search-params/next-search.js";
import { operatorsSearch } from "../src/search-params/operators-search.js";
import { overviewSearch } from "../src/search-params/overview-search.js";
import { peopleSearch } from "../src/search-params/people-search.js";
import { searchPageSearch } from "../src/search-params/search-page-search.js";
import { signInsSearch } from "../src/search-params/sign-ins-search.js";
import { tokensSearch } from "../src/search-params/tokens-search.js";

const searches = {
  "/sign-in": nextSearch,
  "/sign-in/factor": nextSearch,
  "/overview": overviewSearch,
  "/people": peopleSearch,
  "/people/merge": mergeSearch,
  "/tokens": tokensSearch,
  "/errors": errorsSearch,
  "/sign-ins": signInsSearch,
  "/conflicts": conflictsSearch,
  "/operators": operatorsSearch,
  "/audit": auditSearch,
  "/alerts": alertsSearch,
  "/hosts/forum": hostSearch,
  "/search": searchPageSearch,
};

const router = createConsoleRouter();
afterAll(() => router.history.destroy());

/** Every field of any page, with a value that is no choice, no time and no path, and has a blank too many. */
const typed = Object.fromEntries(
  Object.values(searches).flatMap(({ shape }) => Object.keys(shape).map((name) => [name, "typed "])),
);

describe("the search parameters of an address", () => {
  it.each(Object.entries(searches))("are read as those of its page: %s", (path, search) => {
    const page = router.matchRoutes(path, typed).at(-1);
    expect(page?.search).toEqual({ ...typed, ...search.parse(typed) });
  });
});
