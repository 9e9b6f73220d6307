import { type ReactNode, useLayoutEffect, useState } from "react";
import { IntlProvider } from "use-intl";
import { loadMessages, type Messages } from "../messages/load.js";
import { type Language, storeLanguage } from "./language.js";
import { initialTimeZone, storeTimeZone, TimeZoneContext } from "./time-zone.js";
import { LanguageContext } from "./use-language.js";

/** A language, with its texts. */
export interface Texts {
  language: Language;
  messages: Messages;
}

export function LanguageProvider({ texts, children }: { texts: Texts; children: ReactNode }): ReactNode {
  const [{ language, messages }, setTexts] = useState(texts);
  const [timeZone, setZoneState] = useState(initialTimeZone);

  useLayoutEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);

  function setLanguage(chosen: Language) {
    storeLanguage(chosen);
    loadMessages(chosen).then(
      (loaded) => setTexts({ language: chosen, messages: loaded }),
      // The server was upgraded and no longer has this page's files: a new page comes in the chosen language.
      () => location.reload(),
    );
  }

  function setTimeZone(chosen: string) {
    storeTimeZone(chosen);
    setZoneState(chosen);
  }

  return (
    <LanguageContext value={{ language, setLanguage }}>
      <TimeZoneContext value={{ timeZone, setTimeZone }}>
        <IntlProvider locale={language} messages={messages} timeZone={timeZone}>
          {children}
        </IntlProvider>
      </TimeZoneContext>
    </LanguageContext>
  );
}
