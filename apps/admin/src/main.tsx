// Must be first: zod and the style libraries read its settings while they load.
import "./content-security.js";
import "./mantine.css";
import "./print.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { takeSetUpSecret } from "./pages/auth/set-up-secret.js";
import { createConsoleRouter } from "./router.js";

takeSetUpSecret();

const container = document.getElementById("root");
if (!container) throw new Error("index.html has no #root element");

createRoot(container).render(
  <StrictMode>
    <App router={createConsoleRouter()} />
  </StrictMode>,
);
