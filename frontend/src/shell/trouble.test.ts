import { describe, expect, it } from "vitest";
import type { Readiness } from "@/contract/socket";
import { en } from "@/i18n/en";
import { platformSentence } from "./trouble";

const texts = en.trouble;

function readiness(away: readonly string[] = []): Readiness {
  const component = (name: string) => ({ state: away.includes(name) ? "away" : "up", reason: null });
  return {
    status: away.includes("kafka") ? "not ready" : "ready",
    components: { kafka: component("kafka"), redis: component("redis"), mongodb: component("mongodb") },
  } as Readiness;
}

describe("what a page says while the API answers", () => {
  it("is nothing while all is well, and before anything is known", () => {
    expect(platformSentence(texts, readiness(), { status: "live", age: 5 })).toBeNull();
    expect(platformSentence(texts, null, { status: "connecting", age: null })).toBeNull();
  });

  it("is that prices are asked for again, also where the API says of itself that it is ready", () => {
    expect(platformSentence(texts, readiness(), { status: "reconnecting", age: 5 })).toBe(texts.reconnecting);
  });

  it("is that the source is away, whoever says it, before what follows from that", () => {
    expect(platformSentence(texts, readiness(["kafka"]), { status: "stale", age: 20_000 })).toBe(texts.away);
    expect(platformSentence(texts, readiness(), { status: "away", age: 5 })).toBe(texts.away);
  });

  it("is how old the newest data is, and else which store is missed", () => {
    const stale = { status: "stale", age: 20_000 } as const;
    expect(platformSentence(texts, readiness(["redis"]), stale)).toBe(texts.stale("20 s"));
    const live = { status: "live", age: 5 } as const;
    expect(platformSentence(texts, readiness(["redis"]), live)).toBe(texts.realtimeStoreAway);
  });
});
