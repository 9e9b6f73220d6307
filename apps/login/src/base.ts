/** Where the api serves what this package builds, and where it hands to Vite in development. */
export const base = "/login-ui/";
