import { describe, expect, it } from "vitest";
import { CloseCode } from "@/contract/socket";
import { Connection, type Link } from "./connection";
import { pauseBefore } from "./pauses";
import { ManualSurroundings } from "./surroundings.fixture";

function connected() {
  const surroundings = new ManualSurroundings();
  const links: Link[] = [];
  const texts: string[] = [];
  const connection = new Connection("ws://api/ws", surroundings, {
    onLink: (link) => links.push(link),
    onText: (text) => texts.push(text),
  });
  connection.start();
  const link = () => links.at(-1);
  /** Let the pause pass; returns how long it was, in ms. */
  const waitForRetry = () => {
    const now = link();
    if (now?.phase !== "waiting") throw new Error("it does not wait");
    const pause = now.retryAt - surroundings.now();
    surroundings.pass(pause);
    return pause;
  };
  return { surroundings, connection, texts, link, waitForRetry, opened: () => surroundings.sockets.length };
}

describe("a connection", () => {
  it("is tried again with growing pauses for as long as nobody answers", () => {
    const { surroundings, waitForRetry, opened } = connected();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      surroundings.socket().end();
      pauses.push(waitForRetry());
      expect(opened()).toBe(attempt + 1);
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
  });

  it("is tried again at once when asked to, or when the page wakes", () => {
    const { surroundings, connection, opened } = connected();
    surroundings.socket().end();
    connection.retryNow();
    expect(opened()).toBe(2);
    surroundings.socket().end();
    surroundings.wake();
    expect(opened()).toBe(3);
    connection.retryNow();
    expect(opened()).toBe(3);
  });

  it("begins with short pauses anew once it has held", () => {
    const { surroundings, link, waitForRetry } = connected();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      surroundings.socket().end();
      waitForRetry();
    }
    surroundings.socket().accept();
    surroundings.pass(6000);
    surroundings.socket().end(CloseCode.RESTARTING, "the server restarts");
    expect(link()).toMatchObject({ phase: "waiting", attempt: 1, reason: "the server restarts" });
  });

  it("is not opened in a hurry by an API that accepts and hangs up", () => {
    const { surroundings, link, waitForRetry } = connected();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      surroundings.socket().accept();
      surroundings.socket().end(CloseCode.BUSY);
      expect(link()).toMatchObject({ phase: "waiting", attempt });
      waitForRetry();
    }
  });

  it("gives up on an address that neither accepts nor refuses", () => {
    const { surroundings, link } = connected();
    surroundings.pass(10_000);
    expect(surroundings.socket().closed).toBe(true);
    expect(link()?.phase).toBe("waiting");
  });

  it("sends what it is given while it is open, and nothing else", () => {
    const { surroundings, connection } = connected();
    const request = JSON.stringify({ op: "ping", id: 1 });
    connection.send(request);
    surroundings.socket().accept();
    connection.send(request);
    surroundings.socket().end();
    connection.send(request);
    expect(surroundings.socket().requests).toEqual([{ op: "ping", id: 1 }]);
  });

  it("is opened again when it is silent, ever more rarely while only snapshots come", () => {
    const { surroundings, connection, opened } = connected();
    surroundings.socket().accept();
    surroundings.socket().tell("a snapshot");
    surroundings.pass(30_000);
    expect(opened()).toBe(2);
    surroundings.socket().accept();
    surroundings.socket().tell("a snapshot");
    surroundings.pass(59_000);
    expect(opened()).toBe(2);
    connection.flows();
    surroundings.pass(1000);
    expect(opened()).toBe(3);
  });

  it("finds out at once that it was lost while the machine slept", () => {
    const { surroundings, opened } = connected();
    surroundings.socket().accept();
    surroundings.sleep(3_600_000);
    surroundings.wake();
    expect(opened()).toBe(2);
  });

  it("leaves nothing behind when it is stopped, and passes on nothing that comes late", () => {
    const { surroundings, connection, texts, link } = connected();
    const socket = surroundings.socket();
    socket.accept();
    connection.stop();
    socket.tell("late");
    expect(socket.closed).toBe(true);
    expect(texts).toEqual([]);
    expect(link()).toEqual({ phase: "idle" });
    expect(surroundings.pendingTimers).toBe(0);
    surroundings.wake();
    expect(surroundings.sockets).toHaveLength(1);
  });
});

describe("the pauses between attempts", () => {
  it("are shortened at random by up to a half", () => {
    expect(pauseBefore(3, 0)).toBe(2000);
    expect(pauseBefore(3, 0.999)).toBeCloseTo(1001);
  });
});
