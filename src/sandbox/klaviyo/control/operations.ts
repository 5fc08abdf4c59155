import type { Vendor } from "../../server.ts";
import type { ConsentControl } from "./consent-control.ts";
import type { EventControl } from "./event-control.ts";
import type { MailControl } from "./mail-control.ts";
import type { GroupControl } from "./group-control.ts";
import type { ProfileControl } from "./profile-control.ts";
import type { KlaviyoSettings } from "../settings.ts";
import type { ImportMishap, KlaviyoData } from "../state/state.ts";
import type { ApiKey } from "../wire/api-keys.ts";

/** A Klaviyo to start with `startVendor(sandbox.vendor)`, and everything that can be done to it behind the API's back. */
export interface KlaviyoSandbox
  extends ProfileControl, GroupControl, ConsentControl, EventControl, MailControl {
  readonly vendor: Vendor;
  readonly settings: Readonly<KlaviyoSettings>;
  /** Changes settings; answers all of them. */
  configure(change: Partial<KlaviyoSettings>): Readonly<KlaviyoSettings>;
  addKey(key: ApiKey): void;
  revokeKey(key: string): boolean;
  /** What becomes of the next import job, in place of completing. */
  nextImport(mishap: ImportMishap): void;
  /** Does what has fallen due; every call and every operation does so first. */
  settle(): void;
  /** All of it as it stands, as plain data. Not a copy: it keeps changing. */
  keep(): KlaviyoData;
  counts(): {
    readonly profiles: number;
    readonly events: number;
    readonly lists: Readonly<Record<string, number>>;
    readonly segments: Readonly<Record<string, number>>;
    readonly pending_opt_ins: number;
  };
}
