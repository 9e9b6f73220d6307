// Must be first: zod and the style libraries read its settings while they load.
import "./content-security.js";
import "./mantine.css";
import "./print.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { currentOperator, queryClient } from "./api/client.js";
import { App } from "./app.js";
import { initialLanguage } from "./language/language.js";
import { showLoadFailure } from "./load-failure.js";
import { loadMessages } from "./messages/load.js";
import { takeSetUpSecret } from "./pages/auth/set-up-secret.js";
import { createConsoleRouter } from "./router.js";

takeSetUpSecret();

// Asked for beside the texts: the router needs it next.
void queryClient.prefetchQuery(currentOperator());
void render();

async function render(): Promise<void> {
  const container = document.getElementById("root");
  if (!container) throw new Error("index.html has no #root element");
  const language = initialLanguage();
  const messages = await loadMessages(language).catch((error: unknown) => {
    showLoadFailure(container, language);
    throw error;
  });
  createRoot(container).render(
    <StrictMode>
      <App router={createConsoleRouter()} texts={{ language, messages }} />
    </StrictMode>,
  );
}
