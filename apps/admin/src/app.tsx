import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { queryClient } from "./api/client.js";
import { styleNonce } from "./content-security.js";
import { LanguageProvider, type Texts } from "./language/language-provider.js";
import type { ConsoleRouter } from "./router.js";
import { colorSchemeManager, cssVariables, theme } from "./theme.js";

/** The whole console: theme, language, server data and pages. */
export function App({ router, texts }: { router: ConsoleRouter; texts: Texts }): ReactNode {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <LanguageProvider texts={texts}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
          <Notifications position="bottom-right" limit={3} />
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  );
}
