import { type UseQueryOptions, useQuery } from "@tanstack/react-query";

export interface Total {
  count: number;
  isMore: boolean;
}

/**
 * How many rows a list has. A list that is all on its first page is counted here; for any other the api is asked, once the page is
 * there, so that no list waits for its total.
 */
// biome-ignore lint/suspicious/noExplicitAny: the query's key and error differ between lists, and are not used here.
export function useTotal<Options extends UseQueryOptions<Total, any, Total, any>>(
  page: { items: readonly unknown[]; nextCursor: string | null } | undefined,
  cursor: string | undefined,
  options: Options,
): Total | undefined {
  const isWhole = page !== undefined && cursor === undefined && page.nextCursor === null;
  // Counted less often than listed: a total that is a minute old is still a total.
  const counted = useQuery({ ...options, enabled: page !== undefined && !isWhole, staleTime: 60_000 });
  return isWhole ? { count: page.items.length, isMore: false } : counted.data;
}
