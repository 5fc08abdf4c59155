import type { Prisma } from "../generated/client.ts";

/** How an email address is taken out of a column of rows that are about somebody else. */
export type Treatment =
  /** Text for people: the address is replaced. */
  | "words"
  /** The same within JSON. */
  | "document"
  /** JSON values by field: one that names the person is left out, because an undo puts back what it knows and no other word. */
  | "values"
  /** One JSON value, emptied where it names the person. */
  | "value"
  /** What others' contacts show today, or the mapping in use says: counted and told. Only its source can change it. */
  | "told";

/** What one table holds of people. */
export interface PersonalData {
  readonly table: string;
  /** Does a row belong to one person? It is then exported for them and goes with them. */
  readonly ofPerson: boolean;
  /** Columns in which a row about somebody else may name the person. */
  readonly mentions: Readonly<Record<string, Treatment>>;
  /** The other columns of text: ids, codes, hashes, names of lists, and what is only in rows of the person. */
  readonly rest: readonly string[];
}

/**
 * Every table and every column of text in it. Erasing a person, exporting one and vacuuming all follow this table, and it
 * has a place for each model: a new table or column cannot be forgotten.
 */
export const PERSONAL_DATA: Readonly<Record<Prisma.ModelName, PersonalData>> = {
  Connection: about(
    "connection",
    { paused_reason: "words" },
    "name hubspot_account klaviyo_account mapping_hash paused_by sync_asked_by",
  ),
  Sighting: ofPerson(
    "sighting",
    { fields: "told", unreadable: "document" },
    "side external_id email_key shown_email consent verdict verdict_reason consent_state digest before_write shape edited other_emails",
  ),
  UnreadableContact: ofPerson("unreadable_contact", { problem: "document" }, "side external_id email_key"),
  Member: ofPerson("member", {}, "side collection external_id scan"),
  Link: ofPerson(
    "link",
    { reason: "words", ignored_reason: "words", base: "values", refused: "values" },
    "email_key hubspot_id klaviyo_id state lists ignored_by ignored_ends deleted_on missing_on parted_on",
  ),
  LinkAlias: ofPerson("link_alias", {}, "email_key side"),
  JournalRow: ofPerson(
    "journal",
    { before: "values", after: "values", source: "values", lost: "values", problem: "document" },
    "side kind outcome refused_fields job_id",
  ),
  Stamp: ofPerson(
    "stamp",
    { before: "values", after: "values", problem: "document" },
    "contact email outcome refused_fields",
  ),
  Conflict: ofPerson("conflict", { won: "value", lost: "value" }, "field kind winner"),
  ConflictUndo: ofPerson("conflict_undo", {}, "asked_by state"),
  Problem: ofPerson(
    "problem",
    { title: "words", explanation: "words", fix: "document" },
    "code level side field retry reference",
  ),
  Cursor: about("cursor", {}, "stream value"),
  Run: about("run", { note: "words" }, "kind trigger result counts progress"),
  Lease: about("lease", {}, "name holder lent_by"),
  Hold: about("hold", { reason: "words" }, "state exceeded hash decided_by"),
  HeldChange: ofPerson("held_change", { words: "words" }, "digest"),
  MappingVersion: about("mapping_version", { source: "told" }, "hash"),
  ConsentKey: about("consent_key", {}, ""),
  // Keyed hashes, by which somebody who was erased is known again. They are exported, and stay.
  ConsentEntry: ofPerson(
    "consent_ledger",
    {},
    "subject channel kind list side verdict evidence previous hash",
  ),
  ChainSeal: about("chain_seal", {}, "chain kind key_id hash mac"),
  ChainCut: about("chain_cut", {}, "chain hash key_id mac"),
  Engagement: ofPerson(
    "engagement",
    {
      message_name: "words",
      subject: "words",
      source_name: "words",
      url: "words",
      list: "words",
      detail: "words",
      reason: "words",
      problem: "document",
    },
    "event_id metric_id kind channel person email message source_kind source_id fate contact reference",
  ),
  EngagementBegin: about("engagement_begin", {}, "kind"),
  EngagementStream: about(
    "engagement_stream",
    {},
    "metric_id name kind channel pass pass_cursor older_cursor",
  ),
  EngagementDay: about("engagement_day", {}, "metric_id"),
  // As text, like the events that it sums up: what was last written stays equal to what would be written.
  EngagementContact: ofPerson("engagement_contact", { written: "document" }, "contact email others"),
  EngagementMember: ofPerson("engagement_member", {}, "collection person scan"),
  EngagementState: about(
    "engagement_state",
    {},
    "deciding_hash roll_up_hash members_stream members_cursor members_scan setup_as setup",
  ),
  SideNote: about("side_note", {}, "side note"),
  ApiDay: about("api_day", {}, "side"),
  // Sealed for ever, so no address gets in.
  AuditEntry: about("audit", {}, "who role action about reason previous hash"),
  WebSession: about("web_session", {}, "token_hash who role way proof"),
  // Counts, codes and titles of a whole connection: email addresses are masked before they get here.
  Alert: about("alert", {}, "type severity summary cause fix told_to"),
  AlertMessage: about("alert_message", {}, "channel kind document"),
  AlertChannel: about("alert_channel", {}, "channel error"),
  SideHealth: about("side_health", {}, "side health"),
  LaneStart: about("lane_start", {}, "lane"),
};

function ofPerson(table: string, mentions: PersonalData["mentions"], rest: string): PersonalData {
  return { ...about(table, mentions, rest), ofPerson: true };
}

function about(table: string, mentions: PersonalData["mentions"], rest: string): PersonalData {
  return { table, ofPerson: false, mentions, rest: rest.split(" ").filter((name) => name !== "") };
}
