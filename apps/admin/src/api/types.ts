import type { inferRouterOutputs } from "@trpc/server";
import type { OperatorRouter } from "api/operator-router";

// Inferred from the api's router: a column that changes there fails to compile here.
type Outputs = inferRouterOutputs<OperatorRouter>;

export type Operator = NonNullable<Outputs["operator"]["me"]>;
export type Person = Outputs["people"]["list"]["items"][number];
export type PersonDetail = Outputs["people"]["get"];
export type Binding = Person["bindings"][number];
export type Session = PersonDetail["sessions"][number];
export type AppToken = Outputs["tokens"]["listApps"]["items"][number];
export type AccessToken = NonNullable<AppToken["accessToken"]>;
export type AppTokenKind = "access_token" | "jsapi_ticket";
export type AppTokenFetch = Outputs["tokens"]["listFetches"]["items"][number];
export type UserToken = Outputs["tokens"]["listUsers"]["items"][number];
export type FailureRow = Outputs["failures"]["list"]["items"][number];
export type FailureGroup = Outputs["failures"]["groups"]["items"][number];
export type FailureDetail = Outputs["failures"]["get"];
export type Explanation = NonNullable<FailureDetail["explanation"]>;
export type SignInRow = Outputs["signIns"]["list"]["items"][number];
export type SignIn = Outputs["signIns"]["get"];
export type SignInEvent = SignIn["events"][number];
export type Outcome = NonNullable<SignInRow["outcome"]>;
export type Device = SignInRow["device"];
export type ConflictRow = Outputs["conflicts"]["list"]["items"][number];
export type Conflict = Outputs["conflicts"]["get"];
export type ConflictUser = Conflict["users"][number];
export type MergeRow = Outputs["merges"]["list"]["items"][number];
export type Merge = Outputs["merges"]["get"];
