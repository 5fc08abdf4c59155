/** A share of contacts (0–1) or a count; a run over it makes no call of that class. */
export type Limit = { readonly share: number } | { readonly count: number };
