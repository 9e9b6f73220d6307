import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { cleanPastedText } from "../../format/text.js";
import { type Choice, routeForChoice, routeForHit, type SearchHit } from "../search-route.js";
import type { Command } from "./use-commands.js";

const TYPING_PAUSE_MS = 250;

/** What the typed text means to the search box. Until that is known, and if it fails, one command that asks on its page. */
export function useFoundCommands(typed: string): { isSearching: boolean; commands: Command[] } {
  const t = useTranslations("palette");
  const labelOf = useLabelOf();
  const navigate = useNavigate();
  const text = cleanPastedText(typed);
  const [settled] = useDebouncedValue(text, TYPING_PAUSE_MS);
  const search = useQuery(
    trpc.search.find.queryOptions({ text: settled ?? "" }, { enabled: settled !== null, retry: false }),
  );
  if (text === null) return { isSearching: false, commands: [] };
  const found = (id: string, label: string, run: () => void): Command => ({
    ...{ id, group: "found", label, icon: IconSearch, run },
  });
  const hit = settled === text ? search.data : undefined;
  if (!hit) {
    const label = t("searchFor", { text });
    const open = () => void navigate({ to: "/search", search: { q: text } });
    return {
      isSearching: settled !== text || search.isFetching,
      commands: [found("search-page", label, open)],
    };
  }
  return {
    isSearching: false,
    commands:
      hit.kind === "several"
        ? hit.choices.map((choice) =>
            found(`${choice.kind}-${idOf(choice)}`, labelOf(choice), () => {
              void navigate(routeForChoice(choice));
            }),
          )
        : [found(hit.kind, labelOf(hit), () => void navigate(routeForHit(hit)))],
  };
}

const idOf = (choice: Choice): string => {
  if (choice.kind === "errcode") return choice.errcode;
  return choice.kind === "person" ? choice.userId : choice.id;
};

/** "Sign-in …", "Person Lin", "errcode 40029": what opens. */
function useLabelOf(): (hit: Exclude<SearchHit, { kind: "several" }> | Choice) => string {
  const t = useTranslations("palette.hit");
  return (hit) => {
    switch (hit.kind) {
      case "sign_in":
      case "failure":
        return t(hit.kind, { id: hit.id });
      case "person":
        return t("person", { name: ("nickname" in hit && hit.nickname) || hit.userId });
      case "errcode":
        return t("errcode", { errcode: hit.errcode });
      case "request":
        return t("request", { number: hit.number });
      case "failures":
      case "sign_ins":
      case "people":
        return t(hit.kind, { q: hit.q });
    }
  };
}
