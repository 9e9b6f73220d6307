import { Checkbox } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { createLink, type LinkComponent, useRouterState } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, type ReactNode, type Ref, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { ColumnMenu } from "./column-menu.js";
import classes from "./data-table.module.css";
import type { ColumnChoice } from "./use-column-choice.js";
import { useRowKeys } from "./use-row-keys.js";
import type { Selection } from "./use-selection.js";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** For numbers, so that their digits line up. */
  align?: "right";
  /** Takes the remaining width; longer content is cut off. */
  grow?: boolean;
  /** Shown only where the list is wide. */
  onlyWide?: boolean;
  /** On a phone: beside the title, below it with its header (by default, unless it is only for wide lists), or not at all. */
  phone?: "aside" | "below" | "none";
}

const placeOnPhone = ({ phone, onlyWide = false }: Pick<Column<never>, "phone" | "onlyWide">) =>
  phone ?? (onlyWide ? "none" : "below");

/**
 * Rows as a table, on a phone as a list with a line or two each. The first column identifies the row; its cell contains a
 * `RowLink`, which covers the whole row. The keys J and K, and the arrows from a row, walk the rows.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  stale = false,
  selection,
  choice,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The rows belong to the previous query and stay until the new result arrives. */
  stale?: boolean;
  /** Each row then has a box to select it, labelled with its name. */
  selection?: (Selection & { nameOf: (row: Row) => string }) | undefined;
  /** An operator can then show and hide the columns, apart from the first. It is for the table alone, not for a phone. */
  choice?: ColumnChoice;
}): ReactNode {
  const t = useTranslations("bulk");
  const isPhone = useMediaQuery("(max-width: 40em)", undefined, { getInitialValueInEffect: false });
  const box = useRef<HTMLDivElement & HTMLUListElement>(null);
  useRowKeys(box);
  const [isNarrow, setIsNarrow] = useState(false);
  if (isPhone) return cards();
  if (!choice) return table();
  return (
    <div className={classes.frame}>
      <ColumnMenu
        columns={columns.slice(1).map(({ id, header, onlyWide = false }) => ({
          ...{ id, header, isShown: choice.shown[id] ?? !(onlyWide && isNarrow) },
        }))}
        choice={choice}
        onOpen={() => setIsNarrow(lacksWideColumns(box.current))}
      />
      {table()}
    </div>
  );

  function table() {
    const shown = columns
      .filter(({ id }, place) => place === 0 || choice?.shown[id] !== false)
      // What was chosen is shown at any width.
      .map((column) => ({ ...column, onlyWide: column.onlyWide && choice?.shown[column.id] !== true }));
    return (
      <div ref={box} className={classes.scroll} data-stale={stale || undefined} aria-busy={stale}>
        <table className={classes.table} aria-label={label}>
          <thead>
            <tr>
              {selection && (
                <th scope="col" className={classes.select}>
                  {allBox(selection)}
                </th>
              )}
              {shown.map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  data-align={column.align}
                  data-wide={column.onlyWide || undefined}
                >
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowKey(row)} data-selected={selection?.isSelected(rowKey(row)) || undefined}>
                {selection && <td className={classes.select}>{rowBox(selection, row)}</td>}
                {shown.map((column) => (
                  <td
                    key={column.id}
                    data-align={column.align}
                    data-grow={column.grow || undefined}
                    data-wide={column.onlyWide || undefined}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    );
  }

  function allBox({ selected, toggleAll }: Selection) {
    return (
      <Checkbox
        size="xs"
        aria-label={t("selectAll")}
        checked={selected.length === rows.length}
        indeterminate={selected.length > 0 && selected.length < rows.length}
        onChange={toggleAll}
        classNames={{ body: classes.box ?? "" }}
      />
    );
  }

  function rowBox({ isSelected, toggle, nameOf }: NonNullable<typeof selection>, row: Row) {
    return (
      <Checkbox
        size="xs"
        aria-label={t("selectRow", { name: nameOf(row) })}
        checked={isSelected(rowKey(row))}
        // A click of a pointer or of Space says whether Shift is held; a change does not.
        onClick={({ shiftKey }) => toggle(rowKey(row), shiftKey)}
        onChange={() => {}}
        classNames={{ root: classes.rowBox ?? "", body: classes.box ?? "" }}
      />
    );
  }

  function cards() {
    const [first, ...others] = columns;
    const at = (place: Column<Row>["phone"]) => others.filter((column) => placeOnPhone(column) === place);
    return (
      <ul
        ref={box}
        className={classes.cards}
        aria-label={label}
        data-stale={stale || undefined}
        aria-busy={stale}
      >
        {rows.map((row) => (
          <li key={rowKey(row)}>
            <div className={classes.cardLine}>
              {selection && rowBox(selection, row)}
              <div className={classes.cardTitle}>{first?.cell(row)}</div>
              {at("aside").map((column) => (
                <div key={column.id} className={classes.cardAside}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
            {at("below").length > 0 && (
              <dl>
                {at("below").map((column) => (
                  <div key={column.id}>
                    <dt>{column.header}</dt>
                    <dd>{column.cell(row)}</dd>
                  </div>
                ))}
              </dl>
            )}
          </li>
        ))}
      </ul>
    );
  }
}

/** The list is so narrow that it leaves out what is only for wide ones. */
const lacksWideColumns = (list: HTMLElement | null): boolean =>
  [...(list?.querySelectorAll("th[data-wide]") ?? [])].some(
    (head) => getComputedStyle(head).display === "none",
  );

function RowAnchor(
  props: AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> },
): ReactNode {
  return <a {...props} className={classes.rowLink} data-row-link />;
}

const TypedRowLink = createLink(RowAnchor);

/**
 * A real link that opens its row: reachable by keyboard, openable in a new tab. It keeps the state of the
 * history entry (the cursors of the previous pages, see paging.tsx) and the scroll position of the list. While a row is open
 * beside the list, the next one takes its place in the history too: Back leaves the drawer, however many rows were in it.
 */
export const RowLink: LinkComponent<typeof RowAnchor> = (props) => {
  const isRowOpen = useRouterState({
    select: ({ location: { search } }) => search.open !== undefined || search.group !== undefined,
  });
  return (
    <TypedRowLink
      state={true}
      resetScroll={false}
      preload={false}
      replace={isRowOpen && props.to === "."}
      {...props}
    />
  );
};
