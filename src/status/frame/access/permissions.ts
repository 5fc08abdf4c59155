import type { Role } from "./role.ts";

/** Who may ask for what. `anybody` is for what is needed to sign in, and for what holds nothing of anybody. */
export type Needed = Role | "anybody";

/**
 * Every address of the page and the role that it needs. A route that is not in this table is not served: forgetting a
 * line closes an address.
 */
export const PERMISSIONS: Readonly<Record<string, Needed>> = {
  "GET /": "viewer",
  "GET /pulse": "viewer",
  "GET /errors": "viewer",
  "GET /errors.csv": "viewer",
  "POST /errors": "operator",
  "POST /errors/retry": "operator",
  "POST /errors/ignore": "operator",
  "GET /contacts": "viewer",
  "GET /contacts/:id": "viewer",
  "GET /contacts/:id/raw": "operator",
  "POST /contacts/:id/read": "operator",
  "POST /contacts/:id/retry": "operator",
  "POST /contacts/:id/pause": "operator",
  "POST /contacts/:id/resume": "operator",
  "POST /contacts/:id/erase": "admin",
  "POST /contacts/:id/export": "admin",
  "GET /conflicts/:id/undo": "admin",
  "POST /conflicts/:id/undo": "admin",
  "GET /runs": "viewer",
  "GET /runs/:id": "viewer",
  "GET /runs/:id/undo": "admin",
  "POST /runs/:id/undo": "admin",
  "POST /runs/:id/undo/apply": "admin",
  "GET /mapping": "viewer",
  "POST /mapping/dry-run": "operator",
  "GET /conflicts": "viewer",
  "GET /consent": "viewer",
  "GET /consent.csv": "viewer",
  "POST /consent/proof": "operator",
  "GET /engagement": "viewer",
  "GET /settings": "viewer",
  "POST /settings/alerts/test": "operator",
  "POST /sessions/:id/end": "viewer",
  "POST /sessions/end": "viewer",
  "POST /sessions/end-all": "admin",
  "GET /settings/audit.csv": "admin",
  "GET /help": "viewer",
  "POST /sync": "operator",
  "POST /pause": "operator",
  "POST /resume": "operator",
  "POST /holds/:id/approve": "operator",
  "POST /holds/:id/reject": "operator",
  "POST /theme": "viewer",
  "POST /sign-out": "viewer",
  "GET /sign-in": "anybody",
  "POST /sign-in": "anybody",
  "GET /sign-in/oidc": "anybody",
  "GET /sign-in/oidc/back": "anybody",
  "GET /style.css": "anybody",
  "GET /fonts.css": "anybody",
  "GET /fonts/:name": "anybody",
  "GET /page.js": "anybody",
  "GET /healthz": "anybody",
  "GET /readyz": "anybody",
  "GET /metrics": "anybody",
};

/** @throws where the table does not name the route: that is a fault of ours, told at start */
export function neededFor(method: string, address: string): Needed {
  const needed = PERMISSIONS[`${method} ${address}`];
  if (needed === undefined) throw new Error(`${method} ${address} is not in permissions.ts`);
  return needed;
}
