import fc from "fast-check";

// Under mutation, every run uses the same generated values, so that the same mutants survive.
fc.configureGlobal({ seed: 20_130_701 });
