/** The stylesheet of WeChat's pages, in the panel's colors; both themes pass WCAG AA. */
export const STYLE = `
:root { color-scheme: light dark; --back: #f4f3ee; --card: #fffefb; --text: #1d1b26; --soft: #5d5a69; --line: #dedacf;
  --accent: #4a3fc4; --on-accent: #fff; --mark: #fff0d0; --mark-text: #6b4a00; --mark-line: #f2b233; }
@media (prefers-color-scheme: dark) { :root { --back: #131219; --card: #1c1b24; --text: #eceaf4; --soft: #a9a6ba; --line: #3a3849;
  --accent: #a89eff; --on-accent: #16122e; --mark: #362a10; --mark-text: #f3d48a; --mark-line: #b98a2c; } }
* { box-sizing: border-box; }
body { max-width: 460px; margin: 0 auto; padding: 0 16px 48px; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; overflow-wrap: anywhere; }
.badge { margin: 12px 0 20px; text-align: center; }
.badge span { display: inline-block; padding: 4px 14px; border: 1px dashed var(--mark-line); border-radius: 99px;
  background: var(--mark); color: var(--mark-text); font-size: 13px; font-weight: 600; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 8px; }
h2 { font-size: 17px; margin: 0 0 12px; }
p { margin: 0 0 12px; }
.soft { color: var(--soft); font-size: 14px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 20px; margin: 0 0 16px; }
.center { text-align: center; }
.only { border: 1px dashed var(--mark-line); background: var(--mark); color: var(--mark-text); border-radius: 14px; padding: 16px; margin: 0 0 16px; }
.only p:last-child, .card > :last-child { margin-bottom: 0; }
.sign { width: 56px; height: 56px; margin: 8px auto 16px; border-radius: 50%; border: 2px solid var(--line); color: var(--soft);
  display: grid; place-items: center; font-size: 26px; font-weight: 700; }
button, .button { font: inherit; font-weight: 600; min-height: 44px; padding: 8px 18px; border-radius: 10px; border: 1px solid var(--line);
  background: transparent; color: inherit; cursor: pointer; text-decoration: none; display: inline-block; }
button.main, .button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button:hover, .button:hover { filter: brightness(1.08); border-color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
.choices { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; margin-top: 16px; }
.people { list-style: none; padding: 0; margin: 0; display: grid; gap: 8px; }
.person { display: flex; align-items: center; gap: 12px; width: 100%; min-width: 0; padding: 10px 12px; border: 1px solid var(--line);
  border-radius: 12px; text-align: left; font-weight: 400; }
label.person { cursor: pointer; }
label.person:has(input:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
input[type=radio], input[type=checkbox] { accent-color: var(--accent); width: 18px; height: 18px; flex: none; margin: 0; }
.face { flex: none; width: 40px; height: 40px; border-radius: 8px; background: var(--back); border: 1px solid var(--line); display: grid; place-items: center; font-size: 19px; overflow: hidden; }
.who { min-width: 0; flex: 1; }
.name { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; max-height: 3em; }
.qr { width: 208px; height: 208px; margin: 0 auto 12px; padding: 8px; background: #fff; border: 1px solid var(--line); border-radius: 12px; }
.qr svg { width: 100%; height: 100%; display: block; }
.scan { display: flex; flex-wrap: wrap; gap: 8px; }
form.person { flex-wrap: wrap; }
form.person .who { flex: 1 1 150px; }
form.person .scan { flex: 1 0 160px; justify-content: flex-end; }
.scan button { min-height: 40px; padding: 6px 14px; }
fieldset { border: 0; padding: 0; margin: 0; min-width: 0; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; }
legend { padding: 0; margin-bottom: 6px; }
h2:last-child { margin: 0; }
`;
