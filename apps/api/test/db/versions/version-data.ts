/** What one version of the system left in its database, and two cookies that were good then. */
export interface VersionData {
  /** When that was, ISO 8601. */
  at: string;
  session: string;
  operatorSession: string;
  /** Whose session it is. */
  userId: string;
  /** By table; moments as ISO 8601. */
  rows: Record<string, Record<string, string | number | null>[]>;
}
