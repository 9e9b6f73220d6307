import { describe, expect, it } from "vitest";
import { displayProfile } from "../src/domain/identity/display-profile.js";

const binding = (nickname: string | null, day: number, avatarUrl: string | null = null) => ({
  nickname,
  avatarUrl,
  lastSignInAt: new Date(Date.UTC(2026, 2, day)),
});

describe("displayProfile", () => {
  it("takes the binding with a visible nickname that was used last, with its picture", () => {
    const bindings = [
      binding("old", 1, "a"),
      binding("new", 3, "b"),
      binding(null, 9),
      binding("older", 2, "c"),
    ];
    expect(displayProfile(bindings)).toEqual({ nickname: "new", avatarUrl: "b" });
  });

  it.each(["", " ", "\u200b", "\u3164\u2800"])("passes over a nickname that shows nothing (%j)", (blank) => {
    expect(displayProfile([binding("seen", 1), binding(blank, 2, "b")])).toEqual({
      nickname: "seen",
      avatarUrl: null,
    });
  });

  it("takes the first binding where no nickname is visible, and nothing where there is no binding", () => {
    expect(displayProfile([binding(null, 1, "a"), binding(" ", 2, "b")])).toEqual({
      nickname: null,
      avatarUrl: "a",
    });
    expect(displayProfile([])).toEqual({ nickname: null, avatarUrl: null });
  });
});
