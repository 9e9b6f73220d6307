/** The path under which the api serves this package's build, or proxies to Vite in development. */
export const base = "/login/";

/** Where a signed-in person finds their bindings and sessions. */
export const accountPath = "/login/account";
