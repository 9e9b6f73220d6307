import { type ReactNode, useLayoutEffect, useState } from "react";
import { IntlProvider } from "use-intl";
import { en } from "../messages/en.js";
import { zh } from "../messages/zh.js";
import { initialLanguage, type Language, storeLanguage } from "./language.js";
import { LanguageContext } from "./use-language.js";

// The type of zh guarantees en's keys. The cast is needed because use-intl's type has en's literal texts.
const messages = { en, zh: zh as typeof en };
const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function LanguageProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, setState] = useState(initialLanguage);

  useLayoutEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);

  function setLanguage(chosen: Language) {
    storeLanguage(chosen);
    setState(chosen);
  }

  return (
    <LanguageContext value={{ language, setLanguage }}>
      <IntlProvider locale={language} messages={messages[language]} timeZone={timeZone}>
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}
