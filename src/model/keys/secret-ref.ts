/** A secret is named, never held: it is read at the moment a connector is made. */
export type SecretRef = { readonly env: string } | { readonly file: string };
