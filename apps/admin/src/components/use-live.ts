import { useEffect, useEffectEvent, useState } from "react";

/** How long after a refusal, or an answer that is no stream, it is tried again. A lost connection the browser opens again itself. */
const RETRY_MS = 5_000;
/** Two reads of a list are at least so far apart, however much happens. */
const READ_PAUSE_MS = 1_000;

/** `lost` until it is connected again. */
export type LiveState = "off" | "connecting" | "live" | "lost";

/**
 * Calls `onNews` whenever the api says that a list has newer rows, while the tab is visible. A tab that is shown again goes on from
 * the row that it knew.
 */
export function useLive(list: "failures" | "sign-ins", onNews: () => Promise<unknown>): LiveState {
  const [state, setState] = useState<LiveState>("off");
  const read = useEffectEvent(onNews);
  useEffect(() => {
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let lastId = "";
    let isLost = false;
    let isReading = false;
    let hasMore = false;

    /** One read at a time; what happens meanwhile is one more read. */
    function news(): void {
      hasMore = true;
      if (isReading) return;
      isReading = true;
      hasMore = false;
      const pause = new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS));
      void Promise.allSettled([read(), pause]).then(() => {
        isReading = false;
        if (hasMore && source) news();
      });
    }

    function open(): void {
      close();
      if (document.hidden) return;
      setState(isLost ? "lost" : "connecting");
      const opened = new EventSource(`/admin/live/${list}${lastId && `?after=${lastId}`}`);
      source = opened;
      opened.onopen = () => {
        isLost = false;
        setState("live");
      };
      opened.addEventListener("newer", (event) => {
        lastId = event.lastEventId;
        news();
      });
      // The session ended: the next read of the list says so.
      opened.addEventListener("end", () => {
        close();
        void read();
      });
      opened.onerror = () => {
        isLost = true;
        setState("lost");
        if (opened.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
      };
    }

    function close(): void {
      clearTimeout(retry);
      source?.close();
      source = undefined;
      setState("off");
    }

    open();
    document.addEventListener("visibilitychange", open);
    return () => {
      document.removeEventListener("visibilitychange", open);
      close();
    };
  }, [list]);
  return state;
}
