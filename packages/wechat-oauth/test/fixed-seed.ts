import fc from "fast-check";

// Every mutation run must try the same values, so that the same mutants survive.
fc.configureGlobal({ seed: 20_130_701 });
