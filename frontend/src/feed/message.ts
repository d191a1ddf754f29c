import type { Answer, Message } from "@/contract/socket";

/** What the server says on the socket of all channels. */
export type Said = Answer | Message;

/**
 * Read a frame of the socket; null where it is no message. What is checked is what decides over the way of a
 * message: the API that sends it has validated the records in it.
 */
export function parseMessage(text: string): Said | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isSaid(value) ? value : null;
}

function isSaid(value: unknown): value is Said {
  if (!isRecord(value)) return false;
  if (value.channel === "control") return isAnswer(value);
  if (typeof value.send_time !== "number") return false;
  switch (`${String(value.channel)} ${String(value.type)}`) {
    case "ranking snapshot":
      return isRecord(value.data) && Array.isArray(value.data.rows);
    case "status snapshot":
      return isRecord(value.data) && isRecord(value.data.components);
    default:
      return typeof value.symbol === "string" && isOfPair(value);
  }
}

function isAnswer(value: Record<string, unknown>): boolean {
  switch (value.type) {
    case "subscriptions":
      return Array.isArray(value.subscriptions);
    case "error":
      return typeof value.code === "number" && typeof value.reason === "string";
    case "heartbeat":
      return isRecord(value.feed) && (value.feed.state === "live" || value.feed.state === "away");
    default:
      return value.type === "pong";
  }
}

function isOfPair(value: Record<string, unknown>): boolean {
  switch (`${String(value.channel)} ${String(value.type)}`) {
    case "kline update":
      return isRecord(value.data);
    case "orderbook snapshot":
      return value.data === null || isBook(value.data);
    case "orderbook update":
      return isBook(value.data);
    case "kline snapshot":
    case "trades snapshot":
    case "trades update":
      return Array.isArray(value.data);
    default:
      return false;
  }
}

function isBook(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value.bids) && Array.isArray(value.asks);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
