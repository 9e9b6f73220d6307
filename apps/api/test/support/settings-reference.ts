import { environment } from "../../src/env.js";
import { secretSettings } from "../../src/env-secret-files.js";

// docs/settings.md: what is allowed comes from the schema, and what a setting means from README's table, where it is written once.

interface Language {
  readme: string;
  head: string;
  columns: readonly string[];
}

export const languages = {
  en: {
    readme: "README.md",
    head: `# Settings

[中文](settings.zh-CN.md)

<!-- Written by apps/api/test/settings-reference.test.ts from apps/api/src/env.ts and README's table. Change those, then run
\`npx vitest run --project 'api on SQLite' settings-reference -u\`. -->

What each setting is and what it allows; [README](README.md#settings) says where they are read from. A bad value stops the start, which
lists every problem by the setting's name, and never by its value. A setting with \`_FILE\` may be given as a file too.
`,
    columns: ["setting", "default", "meaning", "allowed"],
  },
  zh: {
    readme: "README.zh-CN.md",
    head: `# 设置

[English](settings.md)

<!-- 由 apps/api/test/settings-reference.test.ts 根据 apps/api/src/env.ts 和 README 的表格生成。请修改它们，再运行
\`npx vitest run --project 'api on SQLite' settings-reference -u\`。 -->

每个设置的含义和允许的取值；从哪里读取见 [README](README.zh-CN.md#设置)。值不对时不会启动，并列出所有有问题的设置：只列名字，不列值。
名字后面有 \`_FILE\` 的，也可以用文件给出。最后一列和启动时的提示一样，是英文。
`,
    columns: ["设置", "默认值", "含义", "允许的取值"],
  },
} as const satisfies Record<string, Language>;

/** @param readme the text of README in this language */
export function renderSettings({ head, columns, readme: file }: Language, readme: string): string {
  const rows = rowsOf(readme).map(({ names, initial, meaning }) => {
    const known = names.filter((name) => name in environment) as (keyof typeof environment)[];
    const shown = names.flatMap((name) =>
      (secretSettings as readonly string[]).includes(name) ? [name, `${name}_FILE`] : [name],
    );
    const allowed = new Set(known.map((name) => environment[name].allowed.replace(/^is /, "")));
    return [shown.map((name) => `\`${name}\``).join(", "), initial, meaning, [...allowed].join("; ")];
  });
  const lines = [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `${head}\n${lines.join("\n")}\n`
    .replaceAll("](#", `](${file}#`)
    .replaceAll(`](${file}`, `](../${file}`);
}

/** The rows of README's table of settings that the server reads. */
function rowsOf(readme: string) {
  return [...readme.matchAll(/^\| (`[A-Z][^|]*) \| ([^|]*) \| ([^|]*) \|$/gm)].flatMap(
    ([, cell = "", initial = "", meaning = ""]) => {
      const names = cell.match(/[A-Z_]+/g) ?? [];
      return names.some((name) => name in environment) ? [{ names, initial, meaning }] : [];
    },
  );
}
