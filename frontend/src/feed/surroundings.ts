/** What the feed needs of the browser, named so that tests can stand in for it. */
export interface Surroundings {
  /** Epoch ms. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Call back once after `ms`; returns how to forget it. */
  after(ms: number, callback: () => void): () => void;
  /** Call back once, before the next frame is painted; in a hidden page, which paints none, within a second. */
  beforePaint(callback: () => void): () => void;
  /** Call back whenever the page may have slept, or the network may be back. */
  onWake(callback: () => void): () => void;
  openSocket(url: string): Socket;
}

/** The part of a WebSocket that the feed uses. */
export type Socket = Pick<WebSocket, "onopen" | "onmessage" | "onclose" | "close"> & {
  send(text: string): void;
};

const HIDDEN_PAINT_MS = 1000;

/** The browser itself. */
export const browser: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, callback) => {
    const timer = window.setTimeout(callback, ms);
    return () => {
      window.clearTimeout(timer);
    };
  },
  beforePaint: (callback) => {
    // Whichever comes first: a page that is hidden between the request and the frame gets no frame.
    const cancel = (): void => {
      window.cancelAnimationFrame(frame);
      window.clearTimeout(timer);
    };
    const paint = (): void => {
      cancel();
      callback();
    };
    const frame = window.requestAnimationFrame(paint);
    const timer = window.setTimeout(paint, HIDDEN_PAINT_MS);
    return cancel;
  },
  onWake: (callback) => {
    const woken = (): void => {
      if (document.visibilityState === "visible") callback();
    };
    window.addEventListener("online", woken);
    document.addEventListener("visibilitychange", woken);
    return () => {
      window.removeEventListener("online", woken);
      document.removeEventListener("visibilitychange", woken);
    };
  },
  openSocket: (url) => new WebSocket(url),
};
