import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { clearOperator } from "../api/client.js";
import {
  canWriteFiles,
  type ExportedList,
  type ExportFormat,
  ExportRefusedError,
  exportAddress,
  writeExport,
} from "../format/export-file.js";
import { RequestNumber } from "../ui/error-messages.js";
import { useNotify } from "../ui/use-notify.js";

/** Saves all rows of a list, as filtered, as a file. While it is written it says how many rows there are, and can be cancelled. */
export function ExportMenu({
  list,
  filter,
}: {
  list: ExportedList;
  filter: Record<string, string | undefined>;
}): ReactNode {
  const t = useTranslations("exports");
  const notify = useNotify();
  const notifyFailure = useNotifyExportFailure();
  const [rows, setRows] = useState<number | null>(null);
  const underWay = useRef<AbortController>(undefined);
  // Another page has no button that cancels it.
  useEffect(() => () => underWay.current?.abort(), []);

  async function start(format: ExportFormat): Promise<void> {
    const address = exportAddress(list, format, filter);
    if (!canWriteFiles()) {
      download(address);
      notify("success", t("inBrowser"));
      return;
    }
    const controller = new AbortController();
    underWay.current = controller;
    const name = `${list}-${new Date().toJSON().slice(0, 10)}.${format}`;
    try {
      const count = await writeExport(address, name, { signal: controller.signal, onRows: setRows });
      notify("success", t("done", { count }));
    } catch (error) {
      if (controller.signal.aborted) notify("success", t("cancelled"));
      // The operator closed the browser's own dialog.
      else if (!(error instanceof DOMException && error.name === "AbortError")) notifyFailure(error);
    } finally {
      setRows(null);
    }
  }

  if (rows !== null) {
    return (
      <Button
        variant="default"
        size="sm"
        rightSection={<IconX size={14} aria-hidden />}
        aria-label={t("cancelAt", { count: rows })}
        onClick={() => underWay.current?.abort()}
      >
        {t("rows", { count: rows })}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconDownload size={15} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t("export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("which")}</Menu.Label>
        <Menu.Item onClick={() => void start("csv")}>{t("csv")}</Menu.Item>
        <Menu.Item onClick={() => void start("ndjson")}>{t("ndjson")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The browser writes the file by itself; what is refused opens as a page with the reason. */
function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.click();
}

function useNotifyExportFailure(): (error: unknown) => void {
  const t = useTranslations("exports");
  const notify = useNotify();
  return (error) => {
    if (!(error instanceof ExportRefusedError)) return notify("error", t("cutOff"));
    if (error.status === 401) return clearOperator();
    const { code, requestId } = error;
    notify(
      "error",
      <>
        {code === "too_many_exports" ? t("tooMany") : t("refused")}{" "}
        {requestId && <RequestNumber value={requestId} />}
      </>,
    );
  };
}
