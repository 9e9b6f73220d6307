import type { inferRouterOutputs } from "@trpc/server";
import type { OperatorRouter } from "api/operator-router";

// What the api answers, read off its router: a column that changes there fails to compile here.
type Answers = inferRouterOutputs<OperatorRouter>;

export type Operator = NonNullable<Answers["operator"]["me"]>;
export type Person = Answers["people"]["list"]["items"][number];
export type PersonDetail = Answers["people"]["get"];
export type Binding = Person["bindings"][number];
export type Session = PersonDetail["sessions"][number];
export type AppToken = Answers["tokens"]["listApps"]["items"][number];
export type AccessToken = NonNullable<AppToken["accessToken"]>;
export type UserToken = Answers["tokens"]["listUsers"]["items"][number];
export type FailureRow = Answers["failures"]["list"]["items"][number];
export type FailureGroup = Answers["failures"]["groups"]["items"][number];
export type FailureDetail = Answers["failures"]["get"];
export type Explanation = NonNullable<FailureDetail["explanation"]>;
export type SignInRow = Answers["signIns"]["list"]["items"][number];
export type SignIn = Answers["signIns"]["get"];
export type SignInEvent = SignIn["events"][number];
export type Outcome = NonNullable<SignInRow["outcome"]>;
export type Device = SignInRow["device"];
