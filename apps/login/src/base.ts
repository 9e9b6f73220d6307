/** The path under which the api serves this package's build, or proxies to Vite in development. */
export const base = "/login/";
