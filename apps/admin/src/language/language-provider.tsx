import { type ReactNode, useLayoutEffect, useState } from "react";
import { IntlProvider } from "use-intl";
import { en } from "../messages/en.js";
import { zh } from "../messages/zh.js";
import { initialLanguage, type Language, storeLanguage } from "./language.js";
import { initialTimeZone, storeTimeZone, TimeZoneContext } from "./time-zone.js";
import { LanguageContext } from "./use-language.js";

// The type of zh guarantees en's keys. The cast is needed because use-intl's type has en's literal texts.
const messages = { en, zh: zh as typeof en };

export function LanguageProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, setState] = useState(initialLanguage);
  const [timeZone, setZoneState] = useState(initialTimeZone);

  useLayoutEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);

  function setLanguage(chosen: Language) {
    storeLanguage(chosen);
    setState(chosen);
  }

  function setTimeZone(chosen: string) {
    storeTimeZone(chosen);
    setZoneState(chosen);
  }

  return (
    <LanguageContext value={{ language, setLanguage }}>
      <TimeZoneContext value={{ timeZone, setTimeZone }}>
        <IntlProvider locale={language} messages={messages[language]} timeZone={timeZone}>
          {children}
        </IntlProvider>
      </TimeZoneContext>
    </LanguageContext>
  );
}
