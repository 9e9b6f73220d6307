import { useMediaQuery } from "@mantine/hooks";
import { createLink, type LinkComponent } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode, Ref } from "react";
import classes from "./data-table.module.css";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** For numbers, so that their digits line up. */
  align?: "right";
  /** Takes the remaining width; longer content is cut off. */
  grow?: boolean;
}

/**
 * Rows as a table, on a phone as stacked cards. The first column identifies the row; its cell contains a
 * `RowLink`, which covers the whole row.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  stale = false,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The rows belong to the previous query and stay until the new result arrives. */
  stale?: boolean;
}): ReactNode {
  const isPhone = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  return isPhone ? cards() : table();

  function table() {
    return (
      <div className={classes.scroll} data-stale={stale || undefined} aria-busy={stale}>
        <table className={classes.table} aria-label={label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.id} scope="col" data-align={column.align}>
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowKey(row)}>
                {columns.map((column) => (
                  <td key={column.id} data-align={column.align} data-grow={column.grow || undefined}>
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

  function cards() {
    const [first, ...others] = columns;
    return (
      <ul className={classes.cards} aria-label={label} data-stale={stale || undefined} aria-busy={stale}>
        {rows.map((row) => (
          <li key={rowKey(row)}>
            <div className={classes.cardTitle}>{first?.cell(row)}</div>
            <dl>
              {others.map((column) => (
                <div key={column.id}>
                  <dt>{column.header}</dt>
                  <dd>{column.cell(row)}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    );
  }
}

function RowAnchor(
  props: AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> },
): ReactNode {
  return <a {...props} className={classes.rowLink} />;
}

const TypedRowLink = createLink(RowAnchor);

/**
 * A real link that opens its row: reachable by keyboard, openable in a new tab. It keeps the state of the
 * history entry (the cursors of the previous pages, see paging.tsx) and the scroll position of the list.
 */
export const RowLink: LinkComponent<typeof RowAnchor> = (props) => (
  <TypedRowLink state={true} resetScroll={false} preload={false} {...props} />
);
