// Loaded before a server that runs from its sources (`node --import`): gives it the environment that `npm start` and
// `npm run dev` give it, however it was started.
import { readSystem } from "./settings.mjs";

const system = readSystem();
if (!system) process.exit(1);
Object.assign(process.env, system.env);
