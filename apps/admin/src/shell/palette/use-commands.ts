import { useMantineColorScheme } from "@mantine/core";
import {
  type Icon,
  IconArrowMerge,
  IconBan,
  IconCircleX,
  IconClock,
  IconKeyboard,
  IconLanguage,
  IconList,
  IconLogout,
  IconShieldLock,
  IconSun,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { timeZones, useTimeZoneChoice } from "../../language/time-zone.js";
import { useLanguage } from "../../language/use-language.js";
import { useMayAct } from "../use-operator.js";
import { usePages } from "../use-pages.js";
import { useSignOut } from "../use-sign-out.js";

export interface Command {
  id: string;
  group: "pages" | "acts" | "found";
  label: string;
  icon: Icon;
  /** What else finds it, in small letters. */
  words?: string;
  run: () => void;
}

const nextScheme = { auto: "light", light: "dark", dark: "auto" } as const;

/** Every page, the lists that an operator opens most, and what can be done from any page. */
export function useCommands(onShowShortcuts: () => void): Command[] {
  const t = useTranslations("palette");
  const nav = useTranslations("nav");
  const theme = useTranslations("theme");
  const own = useTranslations("operator");
  const navigate = useNavigate();
  const pages = usePages();
  const mayAct = useMayAct();
  const signOut = useSignOut();
  const { language, setLanguage } = useLanguage();
  const { timeZone, setTimeZone } = useTimeZoneChoice();
  const { colorScheme, setColorScheme } = useMantineColorScheme();

  const page = (words: string, label: string, icon: Icon, open: () => Promise<void>): Command => ({
    ...{ id: words.replace(/\W/g, "-"), group: "pages", label, icon, words, run: () => void open() },
  });
  const act = (id: string, label: string, icon: Icon, run: () => void): Command => ({
    ...{ id, group: "acts", label, icon, words: id, run },
  });
  return [
    ...pages.map(({ to, label, icon }) => page(to, nav(label), icon, () => navigate({ to, search: {} }))),
    page("errors log", t("rawLog"), IconList, () => navigate({ to: "/errors", search: { view: "log" } })),
    page("sign-ins failed", t("failedSignIns"), IconCircleX, () =>
      navigate({ to: "/sign-ins", search: { outcome: "failed" } }),
    ),
    page("second factor passkey totp", own("security"), IconShieldLock, () => navigate({ to: "/security" })),
    page("people blocked", t("blockedPeople"), IconBan, () =>
      navigate({ to: "/people", search: { status: "blocked" } }),
    ),
    ...(mayAct
      ? [page("people merge", t("mergePeople"), IconArrowMerge, () => navigate({ to: "/people/merge" }))]
      : []),
    act("language", t("language"), IconLanguage, () => setLanguage(language === "zh" ? "en" : "zh")),
    act("theme", t("theme", { theme: theme(nextScheme[colorScheme]) }), IconSun, () =>
      setColorScheme(nextScheme[colorScheme]),
    ),
    ...timeZones
      .filter((zone) => zone !== timeZone)
      .map((zone) =>
        act(`zone-${zone.replace("/", "-")}`, t("timeZone", { zone }), IconClock, () => setTimeZone(zone)),
      ),
    act("shortcuts", t("shortcuts"), IconKeyboard, onShowShortcuts),
    act("sign-out", t("signOut"), IconLogout, () => signOut.mutate()),
  ];
}
