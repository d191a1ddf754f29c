import type { Book } from "@/contract/socket";

/** Whether a book may be believed: only while it is `synced`. */
export type Trust = Book["state"];

/**
 * The builder calls a book silent after 8 s; one that claims to be in sequence and is older has lost its
 * builder. Some seconds are for the way of the data.
 */
export const BELIEVED_MS = 13_000;

/** Judge a book by what its builder says, and by the age of its newest diff in ms; null where that is unknown. */
export function trustIn(book: Book, age: number | null): Trust {
  return book.state === "synced" && age !== null && age > BELIEVED_MS ? "stale" : book.state;
}
