/** The texts of the page about WeChat apps. What the checks found comes from the api in both languages. */
export const apps = {
  apps: {
    title: "WeChat apps",
    description: "What is wrong with each app and with this server, as far as it can be checked.",
    checked:
      "Checked <when></when>: what is wrong with each app and with this server, as far as it can be checked.",
    site: "This server",
    states: { ok: "OK", warning: "Warning", problem: "Problem", unknown: "Not known" },
    problems:
      "{problems, plural, one {# problem} other {# problems}}{warnings, plural, =0 {} one {, # warning} other {, # warnings}}",
    warnings: "{warnings, plural, one {# warning} other {# warnings}}",
    sound: "Nothing wrong",
    toTokens: "Its tokens",
  },
} as const;
