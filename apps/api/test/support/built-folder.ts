import { fileURLToPath } from "node:url";

/** Of the api, where the programs that tests start are as far from migrations and pages as their sources. */
export const builtFolder = fileURLToPath(new URL("../../dist-test", import.meta.url));
