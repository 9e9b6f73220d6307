import type { Locator, Page } from "playwright-core";

/** More than this, and an operator at three in the morning has lost the thread. */
const most = 6;

/** Does what an operator does in the console, and counts it: a search, a click, a choice, a text or a key is a step. */
export class OperatorSteps {
  #taken = 0;

  private constructor(readonly page: Page) {}

  /** Every task begins at the overview. */
  static async fromOverview(page: Page, origin: string): Promise<OperatorSteps> {
    await page.goto(`${origin}/admin/overview`);
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    return new OperatorSteps(page);
  }

  get taken(): number {
    return this.#taken;
  }

  /** Pastes into the search box, and presses Enter. */
  async search(text: string): Promise<void> {
    this.#count();
    await this.page.keyboard.press("/");
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press("Enter");
  }

  async click(target: Locator): Promise<void> {
    this.#count();
    await target.click();
  }

  async choose(target: Locator, option: string): Promise<void> {
    this.#count();
    await target.selectOption(option);
  }

  /** Types where the focus is. */
  async type(text: string): Promise<void> {
    this.#count();
    await this.page.keyboard.insertText(text);
  }

  async press(key: string): Promise<void> {
    this.#count();
    await this.page.keyboard.press(key);
  }

  #count(): void {
    this.#taken++;
    if (this.#taken > most) throw new Error(`a task takes more than ${most} steps`);
  }
}
