/** A lane's next turn. */
export interface NextRun {
  readonly name: string;
  /** As in the mapping: `every 15m`, or cron fields in `timezone`. */
  readonly schedule: string;
  readonly timezone: string;
  /** `null`: not known yet, or its times are over. */
  readonly at: Date | null;
}
