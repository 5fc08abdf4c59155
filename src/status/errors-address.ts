import type { FailingQuery } from "../store/failing-contacts.ts";

/** The address of the errors page for this search: all that is shown is in it, so that it can be sent to somebody. */
export function errorsAddress({ search, cause, page }: FailingQuery): string {
  const parameters = new URLSearchParams();
  if (search !== null) parameters.set("q", search);
  if (cause !== null) parameters.set("cause", cause);
  if (page > 1) parameters.set("page", String(page));
  return parameters.size === 0 ? "/errors" : `/errors?${parameters.toString()}`;
}
