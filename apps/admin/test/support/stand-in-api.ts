import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { OperatorRouter } from "api/operator-router";

type Outputs = inferRouterOutputs<OperatorRouter>;
type Inputs = inferRouterInputs<OperatorRouter>;

/** "people.list", "operator.signIn", … */
export type Procedure = {
  [Router in keyof Outputs & string]: `${Router}.${keyof Outputs[Router] & string}`;
}[keyof Outputs & string];

type At<Tree, Path> = Path extends `${infer Router}.${infer Name}`
  ? Router extends keyof Tree
    ? Name extends keyof Tree[Router]
      ? Tree[Router][Name]
      : never
    : never
  : never;

export type Output<P extends Procedure> = At<Outputs, P>;
export type Input<P extends Procedure> = At<Inputs, P>;

/** One answer for every call, or a function of what was asked. It may throw a `Refusal`. */
type Answer<P extends Procedure> =
  | Output<P>
  | Refusal
  | NoConnection
  | ((input: Input<P>) => Output<P> | Promise<Output<P>>);

/** The api's answers, with the types of its routers: an answer that the api cannot give does not compile. */
export type Answers = { [P in Procedure]?: Answer<P> };

export interface Call {
  procedure: Procedure;
  input: unknown;
}

interface RefusalData {
  code: string;
  httpStatus: number;
  appCode: string | null;
  requestId: string;
}

/** An error of the api, in the form in which its error formatter sends it. */
export class Refusal extends Error {
  readonly data: RefusalData;

  constructor(code: string, httpStatus: number, appCode: string | null = null) {
    super(appCode ?? code);
    this.data = { code, httpStatus, appCode, requestId: "01KREQUESTNUMBER0000000001" };
  }
}

/** What `fetch` throws if no server answers. */
export class NoConnection extends Error {
  override readonly name = "NoConnection";
}

/** The api at the level of `fetch`: it speaks tRPC's HTTP protocol, batches included, and records what it was asked. */
export class StandInApi {
  readonly calls: Call[] = [];
  readonly #answers: Answers;
  #held: (() => void)[] | undefined;
  #open = 0;

  constructor(answers: Answers) {
    this.#answers = { ...answers };
  }

  /** Replaces answers from now on. */
  answer(answers: Answers): void {
    Object.assign(this.#answers, answers);
  }

  /** The inputs of every call of a procedure so far, oldest first. */
  inputsOf(procedure: Procedure): unknown[] {
    return this.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);
  }

  /** The input of the latest call of a procedure. */
  lastInputOf(procedure: Procedure): unknown {
    return this.inputsOf(procedure).at(-1);
  }

  /** Requests from now on stay open until `release`. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held) answer();
  }

  /** No request is being answered; those that are held do not count. */
  get isIdle(): boolean {
    return this.#open === 0;
  }

  readonly fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(String(url), location.origin);
    const method = init?.method ?? "GET";
    if (!pathname.startsWith("/admin/trpc/")) throw new Error(`The console called ${method} ${pathname}`);
    const procedures = pathname.slice("/admin/trpc/".length).split(",") as Procedure[];
    const inputs = JSON.parse(method === "POST" ? String(init?.body) : (searchParams.get("input") ?? "{}"));
    // Recorded when asked, not when answered.
    for (const [place, procedure] of procedures.entries()) {
      this.calls.push({ procedure, input: inputs[place] });
    }
    const held = this.#held;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    this.#open += 1;
    try {
      const results = await Promise.all(
        procedures.map((procedure, place) => this.#result(procedure, inputs[place])),
      );
      return new Response(JSON.stringify(results), {
        status: results.some((result) => "error" in result) ? 207 : 200,
        headers: { "content-type": "application/json" },
      });
    } finally {
      this.#open -= 1;
    }
  };

  async #result(procedure: Procedure, input: unknown): Promise<object> {
    const answer = this.#answers[procedure] as unknown;
    try {
      if (answer === undefined) throw new Error(`The test has no answer for ${procedure}`);
      if (answer instanceof Error) throw answer;
      return { result: { data: typeof answer === "function" ? await answer(input) : answer } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message, data } = error;
      return { error: { message, code: -32603, data: { ...data, path: procedure } } };
    }
  }
}
