import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { OperatorRouter } from "api/operator-router";

// Inferred from the api's router: a column that changes there fails to compile here.
type Outputs = inferRouterOutputs<OperatorRouter>;

export type Operator = NonNullable<Outputs["operator"]["me"]>;
/** What the server makes of a right password: a session, or the question for a second factor. */
export type Admitted = Outputs["operator"]["signIn"];
export type PendingSignIn = NonNullable<Outputs["operator"]["pendingSignIn"]>;
export type SecondFactors = Outputs["secondFactor"]["get"];
export type SecondFactor = SecondFactors["factors"][number];
export type TotpEnrolment = Outputs["secondFactor"]["startTotp"];
export type Overview = Outputs["overview"]["get"];
export type Person = Outputs["people"]["list"]["items"][number];
export type PersonDetail = Outputs["people"]["get"];
export type Binding = Person["bindings"][number];
export type Session = PersonDetail["sessions"][number];
export type AppToken = Outputs["tokens"]["listApps"]["items"][number];
export type AccessToken = NonNullable<AppToken["accessToken"]>;
export type AppTokenKind = "access_token" | "jsapi_ticket";
export type AppTokenFetch = Outputs["tokens"]["listFetches"]["items"][number];
export type UserToken = Outputs["tokens"]["listUsers"]["items"][number];
export type LoggedFailure = Outputs["failures"]["list"]["items"][number];
export type FailureRow = Omit<LoggedFailure, "person">;
export type ShownPerson = NonNullable<LoggedFailure["person"]>;
export type AffectedPerson = Outputs["failures"]["people"]["items"][number];
export type GroupState = FailureGroup["state"];
export type LookUp = Outputs["failures"]["lookUp"];
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
export type MergePreview = Outputs["people"]["previewMerge"];
export type MergeRow = Outputs["merges"]["list"]["items"][number];
export type Merge = Outputs["merges"]["get"];
export type OperatorRow = Outputs["operators"]["list"]["items"][number];
export type OperatorLink = Outputs["operators"]["invite"];
export type AuditEntry = Outputs["audit"]["list"]["items"][number];
type Inputs = inferRouterInputs<OperatorRouter>;

export type AuditEvent = NonNullable<Inputs["audit"]["list"]["event"]>;
export type AlertChannel = Outputs["alerts"]["channels"]["items"][number];
export type AlertIncident = Outputs["alerts"]["incidents"]["items"][number];
export type Finding = Outputs["apps"]["diagnosis"]["site"][number];
export type HostRow = Outputs["hosts"]["list"]["items"][number];
export type HostDetail = Outputs["hosts"]["get"];
export type ApiKey = HostDetail["keys"][number];
export type HostScope = ApiKey["scopes"][number];
export type Webhook = HostDetail["webhooks"][number];
export type WebhookEvent = Webhook["types"][number];
export type Delivery = Outputs["hosts"]["deliveries"]["items"][number];
