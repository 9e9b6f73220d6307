import { afterAll } from "vitest";
import { dropDatabases } from "./postgres.js";

afterAll(dropDatabases);
