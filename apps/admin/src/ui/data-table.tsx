import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./data-table.module.css";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand on the right, so that their digits line up. */
  align?: "right";
  /** Takes the width the others leave, and cuts what is longer. */
  grow?: boolean;
}

/**
 * Rows as a table, on a phone as stacked cards. The first column is the row's name; the page puts a
 * `RowLink` (see row-link.tsx) there, which covers the row and opens it.
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
  /** The rows of the question before this one, shown until the answer comes. */
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
    const [name, ...others] = columns;
    return (
      <ul className={classes.cards} aria-label={label} data-stale={stale || undefined} aria-busy={stale}>
        {rows.map((row) => (
          <li key={rowKey(row)}>
            <div className={classes.cardName}>{name?.cell(row)}</div>
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
