import type { SocketMessage } from "@/contract/socket";

/**
 * Read a frame of a socket as a message; null where it is none. What is checked is what decides over the way
 * of a message: the API that sends it has validated the records in it.
 */
export function parseMessage(text: string): SocketMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isMessage(value) ? value : null;
}

function isMessage(value: unknown): value is SocketMessage {
  if (!isRecord(value) || typeof value.symbol !== "string" || typeof value.send_time !== "number")
    return false;
  switch (`${String(value.channel)} ${String(value.type)}`) {
    case "kline update":
      return isRecord(value.data);
    case "orderbook snapshot":
      return value.data === null || isBook(value.data);
    case "orderbook update":
      return isBook(value.data);
    case "status update":
      return isRecord(value.data) && (value.data.state === "live" || value.data.state === "away");
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
