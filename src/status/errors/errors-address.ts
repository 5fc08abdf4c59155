import type { FailingQuery } from "../../store/pages/failing-contacts.ts";
import { ALL_FAILING } from "../../store/pages/failing-contacts.ts";

/** The query of the errors page as its address has it: only what is not as usual. */
export function errorsParameters(query: Partial<FailingQuery>): URLSearchParams {
  const { search, cause, side, field, rule, state, within, sort, size, page } = { ...ALL_FAILING, ...query };
  const parameters = new URLSearchParams();
  if (search !== null) parameters.set("q", search);
  if (cause !== null) parameters.set("cause", cause);
  if (side !== null) parameters.set("side", side);
  if (field !== null) parameters.set("field", field);
  if (rule !== null) parameters.set("rule", rule.id);
  if (state !== ALL_FAILING.state) parameters.set("state", state);
  if (within !== null) parameters.set("within", within);
  if (sort !== ALL_FAILING.sort) parameters.set("sort", sort);
  if (size !== ALL_FAILING.size) parameters.set("size", String(size));
  if (page > 1) parameters.set("page", String(page));
  return parameters;
}

/** The address of the errors page for this search: all that is shown is in it, so that it can be sent to somebody. */
export function errorsAddress(query: Partial<FailingQuery>, path = "/errors"): string {
  const parameters = errorsParameters(query);
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
