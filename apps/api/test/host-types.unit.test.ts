import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { describe, expect, expectTypeOf, it } from "vitest";
import { operations } from "../src/domain/hosts/operations/index.js";
import type { PersonRouter } from "../src/trpc/person-router.js";
import { hostRouter } from "../src/trpc/routers/host.js";

// expectTypeOf does nothing here: the check of types (`npm test`) fails instead.

type Inputs = inferRouterInputs<PersonRouter>["host"];
type Outputs = inferRouterOutputs<PersonRouter>["host"];

describe("the procedures host.*", () => {
  it("have the types of their operations for a client: required and optional fields, answers, and no input for those without one", () => {
    expectTypeOf<Inputs["tickets"]["redeem"]>().toEqualTypeOf<{ ticket: string; nonce: string }>();
    expectTypeOf<Outputs["tickets"]["redeem"]>().toEqualTypeOf<{
      userId: string;
      externalId: string | null;
      profile: { nickname: string | null; avatarUrl: string | null } | null;
      bindings: {
        id: string;
        appId: string;
        app: string | null;
        openid?: string;
        unionid?: string | null;
      }[];
      isNew: boolean;
    }>();
    expectTypeOf<Inputs["users"]["setExternalId"]>().toEqualTypeOf<{
      id: string;
      externalId: string;
      replace?: boolean | undefined;
    }>();
    expectTypeOf<Outputs["apps"]["token"]>().toEqualTypeOf<{
      token: string;
      expiresInSeconds: number;
      generation: number;
    }>();
    expectTypeOf<undefined>().toExtend<Inputs["client"]["get"]>();
    expectTypeOf<undefined>().not.toExtend<Inputs["apps"]["token"]>();
    // @ts-expect-error there is no such operation
    expectTypeOf<Inputs["tickets"]["list"]>();
  });

  it("are queries where the operation is a GET, mutations elsewhere, and none is missing", () => {
    const { record } = hostRouter._def as unknown as {
      record: Record<string, Record<string, { _def: { type: string } }>>;
    };
    const served = Object.entries(record).flatMap(([subject, procedures]) =>
      Object.entries(procedures).map(([verb, { _def }]) => [`${subject}.${verb}`, _def.type]),
    );
    const listed = operations.map(({ name, method }) => [name, method === "GET" ? "query" : "mutation"]);
    expect(served.sort()).toEqual(listed.sort());
    expectTypeOf(hostRouter.tickets.redeem._def.type).toEqualTypeOf<"mutation">();
    expectTypeOf(hostRouter.users.list._def.type).toEqualTypeOf<"query">();
  });
});
