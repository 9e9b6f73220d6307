// Exits with 0 if the server on this machine is ready for requests: for a container engine that asks.
import { readSystem } from "./settings.mjs";

const system = readSystem();
const url = system && `${system.localUrl}/readyz`;
const response = url && (await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined));
process.exitCode = response?.ok ? 0 : 1;
