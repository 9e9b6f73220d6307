/** The texts of exports and of the live lists. */
export const exportTexts = {
  exports: {
    export: "Export",
    which: "All rows of this list, as filtered",
    csv: "CSV, for spreadsheets",
    ndjson: "NDJSON, one JSON object a line",
    rows: "Exporting: {count, plural, one {# row} other {# rows}}",
    cancelAt: "Exporting: {count, plural, one {# row} other {# rows}}. Cancel the export",
    done: "{count, plural, one {# row was} other {# rows were}} saved.",
    cancelled: "The export was cancelled, and no file was saved.",
    inBrowser: "Your browser saves the file. Its list of downloads shows how far it is, and cancels it.",
    cutOff: "The export was cut off, and no file was saved. Try again.",
    tooMany: "Too many exports at once. Wait until one ends, or cancel it.",
    refused: "The server did not export this list.",
  },
  live: {
    live: "Live",
    description: "Shows new rows as they happen",
    pause: "Pause",
    goOn: "Go on",
    paused: "Paused",
    state: {
      off: "Not connected",
      connecting: "Connecting…",
      live: "New rows appear by themselves",
      lost: "Connection lost, trying again…",
    },
    failed: "The rows could not be loaded",
    fresh: "{count, number} new",
    atLeast: "{count, number}+ new",
  },
} as const;
