/** The rows that one version of the system stored, and two cookies that were valid then. */
export interface VersionData {
  /** The time of the export, ISO 8601. */
  at: string;
  session: string;
  operatorSession: string;
  /** The user of `session`. */
  userId: string;
  /** By table; timestamps as ISO 8601. */
  rows: Record<string, Record<string, string | number | null>[]>;
}
