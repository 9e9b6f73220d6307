import type { World } from "./world.js";

/** What can be switched while the simulator runs. */
export interface Settings {
  /**
   * What an app learns when a person refuses: nothing at all, as on real phones (`nothing`), or a callback with
   * `state` and without `code`, as older documents have it (`state_only`).
   */
  refusal: "nothing" | "state_only";
  /** Deliver every callback twice, with two codes and one state, as WeChat on Android was seen to do. */
  doubleCallback: boolean;
}

export const DEFAULT_SETTINGS: Settings = { refusal: "nothing", doubleCallback: false };

/** A change of settings; `callbackHosts` replaces the callback domains of every app. */
export interface SettingsPatch extends Partial<Settings> {
  callbackHosts?: readonly string[];
}

export function applySettings(world: World, { callbackHosts, ...settings }: SettingsPatch): void {
  world.settings = { ...world.settings, ...settings };
  if (callbackHosts) world.apps.setCallbackHosts(callbackHosts);
}
