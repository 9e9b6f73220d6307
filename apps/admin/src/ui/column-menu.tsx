import { ActionIcon, Menu } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import classes from "./data-table.module.css";
import type { ColumnChoice } from "./use-column-choice.js";

/** Shows and hides columns of a list. */
export function ColumnMenu({
  columns,
  choice,
  onOpen,
}: {
  columns: readonly { id: string; header: string; isShown: boolean }[];
  choice: ColumnChoice;
  onOpen: () => void;
}): ReactNode {
  const t = useTranslations("columns");
  return (
    <Menu position="bottom-end" closeOnItemClick={false} onOpen={onOpen}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes.columns ?? ""}
          aria-label={t("columns")}
          title={t("columns")}
        >
          <IconColumns3 size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("columns")}</Menu.Label>
        {columns.map(({ id, header, isShown }) => (
          <Menu.CheckboxItem key={id} checked={isShown} onChange={() => choice.set(id, !isShown)}>
            {header}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item disabled={Object.keys(choice.shown).length === 0} onClick={choice.reset}>
          {t("reset")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
