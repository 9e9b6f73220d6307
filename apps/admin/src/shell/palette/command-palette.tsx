import { Loader, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { ModalDialog } from "../../ui/dialogs.js";
import classes from "./palette.module.css";
import { type Command, useCommands } from "./use-commands.js";
import { useFoundCommands } from "./use-found-commands.js";

/** Pages, acts and what a text is found to mean, in one list that the keyboard walks while the text is typed. */
export function CommandPalette({
  onClose,
  onShowShortcuts,
}: {
  onClose: () => void;
  onShowShortcuts: () => void;
}): ReactNode {
  const t = useTranslations("palette");
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const known = useCommands(onShowShortcuts).filter((command) => matches(command, typed));
  const { isSearching, commands: found } = useFoundCommands(typed);
  const groups = (["pages", "acts", "found"] as const)
    .map((group) => ({ group, commands: [...known, ...found].filter((command) => command.group === group) }))
    .filter(({ commands }) => commands.length > 0);
  const all = groups.flatMap(({ commands }) => commands);
  const active = all[Math.min(chosen, all.length - 1)];
  const optionId = (command: Command) => `${listId}-${command.id}`;

  function run(command: Command) {
    // Before it runs, because it may open a dialog in the palette's place.
    onClose();
    command.run();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = (all.length + Math.min(chosen, all.length - 1) + step) % all.length;
      setChosen(next);
      const option = all[next];
      if (option) document.getElementById(optionId(option))?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && active) run(active);
    else return;
    event.preventDefault();
  }

  return (
    <ModalDialog opened onClose={onClose} title={t("title")} bare>
      <TextInput
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={active && optionId(active)}
        aria-label={t("label")}
        placeholder={t("placeholder")}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        size="md"
        variant="unstyled"
        className={classes.input ?? ""}
        leftSection={isSearching ? <Loader size={14} /> : <IconSearch size={17} aria-hidden />}
        data-autofocus
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label={t("title")} className={classes.list}>
        {groups.map(({ group, commands }) => (
          // biome-ignore lint/a11y/useSemanticElements: a listbox may hold groups, and no fieldset.
          <div key={group} role="group" aria-labelledby={`${listId}-${group}`}>
            <div id={`${listId}-${group}`} role="presentation" className={classes.group}>
              {t(group)}
            </div>
            {commands.map((command) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the active option.
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field's keys choose and run it.
              <div
                key={command.id}
                id={optionId(command)}
                role="option"
                aria-selected={command === active}
                className={classes.option}
                onMouseMove={() => setChosen(all.indexOf(command))}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => run(command)}
              >
                <command.icon size={17} stroke={1.7} aria-hidden />
                <span className={classes.label}>{command.label}</span>
              </div>
            ))}
          </div>
        ))}
      </div>
    </ModalDialog>
  );
}

/** By its label, or by the English word in its address: both languages find it. */
function matches({ label, words }: Command, typed: string): boolean {
  const text = typed.trim().toLowerCase();
  return label.toLowerCase().includes(text) || (words?.includes(text) ?? false);
}
