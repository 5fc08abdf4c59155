import type { SecretRef } from "../../model/keys/secret-ref.ts";

/**
 * Where a secret is, as the mapping says it.
 *
 * @throws where the file says neither: that must have been rejected before
 */
export function secretRef(
  written: { readonly file?: string | undefined; readonly env?: string | undefined } | undefined,
): SecretRef {
  if (written?.file !== undefined) return { file: written.file };
  if (written?.env !== undefined) return { env: written.env };
  throw new Error("a mapping without a secret reference cannot be built; it must have been rejected before");
}
