import { describe, expect, it } from "vitest";
import { PaintTimes } from "./paint-times";

describe("the times to the paint", () => {
  it("are told by the shares that were painted within them", () => {
    const times = new PaintTimes();
    expect(times.quantile(0.5)).toBeNull();
    for (let time = 100; time > 0; time -= 1) times.add(time);
    expect([0.5, 0.99, 1].map((share) => times.quantile(share))).toEqual([50, 99, 100]);
  });

  it("are those of the newest messages alone", () => {
    const times = new PaintTimes();
    for (let message = 0; message < 1000; message += 1) times.add(5);
    for (let message = 0; message < 1000; message += 1) times.add(7);
    expect(times.count).toBe(1000);
    expect(times.quantile(0)).toBe(7);
  });
});
