// `npm run build`: installs and builds; `npm run serve` then runs what was built.
import { build } from "./build-workspaces.mjs";
import { install } from "./install.mjs";

process.exitCode = (await install({ toRun: true })) && (await build()) ? 0 : 1;
