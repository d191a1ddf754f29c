import { describe, expect, it } from "vitest";
import { Gate } from "./gate";

describe("a gate", () => {
  it("lets so many through at once, the others in their order, and goes on after a failure", async () => {
    const gate = new Gate(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const asked = [1, 2, 3, 4].map((question) =>
      gate.pass(async () => {
        begun.push(question);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (question === 1) throw new Error("refused");
        return question;
      }),
    );
    const outcome = Promise.allSettled(asked);
    await Promise.resolve();
    expect(begun).toEqual([1, 2]);
    for (const expected of [
      [1, 2, 3],
      [1, 2, 3, 4],
    ]) {
      ends.shift()?.();
      await new Promise((resolve) => setTimeout(resolve));
      expect(begun).toEqual(expected);
    }
    for (const end of ends) end();
    expect((await outcome).map(({ status }) => status)).toEqual([
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
  });
});
