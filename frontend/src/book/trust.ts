import type { Book } from "@/contract/socket";

/** Whether a book may be believed: only while it is `synced`. */
export type Trust = Book["state"];

/**
 * The builder calls a book silent after 8 s; one that claims to be in sequence and is older has lost its
 * builder. Some seconds are for the way of the data.
 */
export const BELIEVED_MS = 13_000;

/**
 * Judge a book by what its builder says, by the age of its newest diff in ms (null where that is unknown), and by
 * whether it is followed: without a connection nobody knows what has changed in it.
 */
export function trustIn(book: Book, age: number | null, followed: boolean): Trust {
  const old = age !== null && age > BELIEVED_MS;
  return book.state === "synced" && (old || !followed) ? "stale" : book.state;
}
