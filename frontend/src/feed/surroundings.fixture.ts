import type { Request } from "@/contract/socket";
import type { Socket, Surroundings } from "./surroundings";
import { keyOf } from "./wanted";

/** A socket without a network: the test is its server. */
export class MemorySocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  closed = false;
  /** What the client has sent. */
  readonly requests: Request[] = [];
  #accepted = false;
  #served = 0;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.requests.push(JSON.parse(text) as Request);
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    if (this.#accepted) return;
    this.#accepted = true;
    this.onopen?.call(this as unknown as WebSocket, {} as Event);
  }

  /** Answer every request that was not answered yet: it is carried out. */
  serve(): void {
    for (const { id } of this.requests.slice(this.#served)) {
      this.#served += 1;
      this.tell({ channel: "control", type: "subscriptions", id, subscriptions: [] });
    }
  }

  /** Answer the newest request: it is not carried out. */
  refuse(code: number, reason: string): void {
    const id = this.requests.at(-1)?.id ?? null;
    this.#served = this.requests.length;
    this.tell({ channel: "control", type: "error", id, code, reason });
  }

  /** What the client is subscribed to, in the order of its asking. */
  get subscribed(): readonly string[] {
    const keys = new Set<string>();
    for (const request of this.requests) {
      if (request.op === "subscribe") for (const one of request.subscriptions) keys.add(keyOf(one));
      if (request.op === "unsubscribe") for (const one of request.subscriptions) keys.delete(keyOf(one));
    }
    return [...keys];
  }

  tell(message: unknown): void {
    const data = typeof message === "string" ? message : JSON.stringify(message);
    this.onmessage?.call(this as unknown as WebSocket, { data } as MessageEvent);
  }

  end(code = 1006, reason = ""): void {
    this.closed = true;
    this.onclose?.call(this as unknown as WebSocket, { code, reason } as CloseEvent);
  }
}

/** A browser whose time passes when the test says so, and whose sockets lead to the test. */
export class ManualSurroundings implements Surroundings {
  readonly sockets: MemorySocket[] = [];
  #time = 1_800_000_000_000;
  #timers: { at: number; callback: () => void }[] = [];
  #paints: (() => void)[] = [];
  #wakers = new Set<() => void>();

  now(): number {
    return this.#time;
  }

  random(): number {
    return 0;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#time + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  beforePaint(callback: () => void): () => void {
    this.#paints.push(callback);
    return () => {
      this.#paints = this.#paints.filter((one) => one !== callback);
    };
  }

  onWake(callback: () => void): () => void {
    this.#wakers.add(callback);
    return () => {
      this.#wakers.delete(callback);
    };
  }

  openSocket(url: string): MemorySocket {
    const socket = new MemorySocket(url);
    this.sockets.push(socket);
    return socket;
  }

  /** Let time pass, with every timer that becomes due, in order. */
  pass(ms: number): void {
    const end = this.#time + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#time = Math.max(this.#time, due.at);
      due.callback();
    }
    this.#time = end;
  }

  /** Let time pass without a timer running, as in a machine that sleeps. */
  sleep(ms: number): void {
    this.#time += ms;
  }

  wake(): void {
    for (const waker of this.#wakers) waker();
  }

  /** Paint one frame; returns how many had asked for it. */
  paint(): number {
    const callbacks = this.#paints;
    this.#paints = [];
    for (const callback of callbacks) callback();
    return callbacks.length;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** The newest socket. */
  socket(): MemorySocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }
}
