import { Kbd, Loader, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../api/client.js";
import { cleanPastedText } from "../format/text.js";
import { useShortcuts } from "../ui/use-shortcuts.js";
import classes from "./search-box.module.css";
import { routeForHit } from "./search-route.js";

/** One search box for every kind of id, code and nickname. The api recognizes the kind, and its page opens. */
export function SearchBox(): ReactNode {
  const t = useTranslations("search");
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");

  const search = useMutation({
    mutationFn: (text: string) =>
      queryClient.fetchQuery(trpc.search.find.queryOptions({ text }, { staleTime: 0 })),
    onSuccess: async (hit) => {
      await navigate(routeForHit(hit));
      setTyped("");
      input.current?.blur();
    },
  });

  useShortcuts({ "/": () => input.current?.focus() });

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = cleanPastedText(typed);
    if (text !== null && !search.isPending) search.mutate(text);
  }

  return (
    <search className={classes.box}>
      <form onSubmit={submit}>
        <TextInput
          ref={input}
          type="search"
          size="sm"
          aria-label={t("label")}
          placeholder={t("placeholder")}
          title={t("hint")}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            search.reset();
          }}
          leftSection={search.isPending ? <Loader size={14} /> : <IconSearch size={16} aria-hidden />}
          rightSection={<Kbd className={classes.key}>/</Kbd>}
          rightSectionPointerEvents="none"
          error={search.isError && t("failed")}
          classNames={{ error: classes.error ?? "" }}
        />
      </form>
    </search>
  );
}
