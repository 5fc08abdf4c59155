import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** What came of reading a small text file; `why` is for people. */
export type TextFile =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "unreadable";
      readonly reason:
        "missing" | "folder" | "not_a_file" | "not_permitted" | "not_utf8" | "too_large" | "failed";
      readonly why: string;
    };

/**
 * Reads at most `largest` bytes of UTF-8. The size is looked at before anything is read, and only regular files are:
 * a pipe or a device could be endless. The only place of this room that touches the file system.
 */
export function readText(path: string, largest: number): TextFile {
  let file: number;
  try {
    // Non-blocking, so that opening a pipe that nobody writes to does not wait.
    file = openSync(path, NON_BLOCKING);
  } catch (error) {
    return failure(error);
  }
  try {
    const state = fstatSync(file);
    if (state.isDirectory()) return unreadable("folder", "it is a folder");
    if (!state.isFile()) return unreadable("not_a_file", "it is no regular file");
    // One byte more than allowed shows a file that grew since.
    const bytes = Buffer.alloc(Math.min(state.size, largest) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    if (length > largest || state.size > largest)
      return unreadable("too_large", `it has more than ${largest} bytes`);
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
    return { kind: "text", text };
  } catch (error) {
    if (error instanceof TypeError) return unreadable("not_utf8", "it is not UTF-8 text");
    return failure(error);
  } finally {
    closeSync(file);
  }
}

const NON_BLOCKING = process.platform === "win32" ? "r" : 0o4000;

function failure(error: unknown): TextFile {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  if (code === "ENOENT" || code === "ENOTDIR") return unreadable("missing", "it does not exist");
  if (code === "EISDIR") return unreadable("folder", "it is a folder");
  if (code === "EACCES" || code === "EPERM")
    return unreadable("not_permitted", "reading it is not permitted");
  return unreadable("failed", `the system says ${code}`);
}

function unreadable(reason: Extract<TextFile, { kind: "unreadable" }>["reason"], why: string): TextFile {
  return { kind: "unreadable", reason, why };
}
