CREATE TABLE "api_call_counts" (
	"minute" integer NOT NULL,
	"app_id" text NOT NULL,
	"endpoint" text NOT NULL,
	"errcode" text NOT NULL,
	"calls" integer NOT NULL,
	CONSTRAINT "api_call_counts_minute_app_id_endpoint_errcode_pk" PRIMARY KEY("minute","app_id","endpoint","errcode")
);
--> statement-breakpoint
CREATE TABLE "api_failures" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"app_id" text NOT NULL,
	"endpoint" text NOT NULL,
	"errcode" text NOT NULL,
	"errmsg" text NOT NULL,
	"rid" text,
	"openid" text,
	"attempt" integer NOT NULL,
	"latency_ms" integer NOT NULL,
	"sign_in_id" text
);
--> statement-breakpoint
CREATE TABLE "app_tokens" (
	"app_id" text NOT NULL,
	"kind" text NOT NULL,
	"token" text,
	"fingerprint" text,
	"source" text NOT NULL,
	"generation" integer NOT NULL,
	"fetched_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"requested_by" text,
	"lease_holder" text,
	"lease_until" timestamp (3) with time zone,
	"last_failure_at" timestamp (3) with time zone,
	"last_errcode" text,
	"failures_in_row" integer NOT NULL,
	CONSTRAINT "app_tokens_app_id_kind_pk" PRIMARY KEY("app_id","kind")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"operator_id" text,
	"event" text NOT NULL,
	"target" text,
	"result" text NOT NULL,
	"ip" text
);
--> statement-breakpoint
CREATE TABLE "bindings" (
	"id" text PRIMARY KEY NOT NULL,
	"app_id" text NOT NULL,
	"openid" text NOT NULL,
	"user_id" text NOT NULL,
	"unionid" text,
	"scope" text NOT NULL,
	"nickname" text,
	"nickname_folded" text,
	"avatar_url" text,
	"profile_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity_conflicts" (
	"id" text PRIMARY KEY NOT NULL,
	"group" text NOT NULL,
	"unionid" text NOT NULL,
	"user_id" text NOT NULL,
	"other_user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operator_links" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operator_sessions" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"operator_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip" text,
	"user_agent" text
);
--> statement-breakpoint
CREATE TABLE "operators" (
	"id" text PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"user_id" text NOT NULL,
	"sign_in_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip" text,
	"user_agent" text
);
--> statement-breakpoint
CREATE TABLE "sign_in_events" (
	"id" text PRIMARY KEY NOT NULL,
	"sign_in_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"duration_ms" integer,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "sign_in_trips" (
	"state_hash" text PRIMARY KEY NOT NULL,
	"sign_in_id" text NOT NULL,
	"scope" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"claimed_at" timestamp (3) with time zone,
	"outcome" text,
	"page" text,
	"errcode" text
);
--> statement-breakpoint
CREATE TABLE "sign_ins" (
	"id" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"app_id" text NOT NULL,
	"return_to" text NOT NULL,
	"browser_hash" text NOT NULL,
	"ip" text,
	"user_agent" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"outcome_at" timestamp (3) with time zone,
	"openid" text,
	"user_id" text
);
--> statement-breakpoint
CREATE TABLE "throttles" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "unions" (
	"group" text NOT NULL,
	"unionid" text NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "unions_group_unionid_pk" PRIMARY KEY("group","unionid")
);
--> statement-breakpoint
CREATE TABLE "user_tokens" (
	"binding_id" text PRIMARY KEY NOT NULL,
	"access_token" text NOT NULL,
	"refresh_token" text NOT NULL,
	"scope" text NOT NULL,
	"scope_rank" integer NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"refresh_expires_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"external_id" text,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "operator_sessions" ADD CONSTRAINT "operator_sessions_operator_id_operators_id_fk" FOREIGN KEY ("operator_id") REFERENCES "public"."operators"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_events" ADD CONSTRAINT "sign_in_events_sign_in_id_sign_ins_id_fk" FOREIGN KEY ("sign_in_id") REFERENCES "public"."sign_ins"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_trips" ADD CONSTRAINT "sign_in_trips_sign_in_id_sign_ins_id_fk" FOREIGN KEY ("sign_in_id") REFERENCES "public"."sign_ins"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_tokens" ADD CONSTRAINT "user_tokens_binding_id_bindings_id_fk" FOREIGN KEY ("binding_id") REFERENCES "public"."bindings"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_failures_at" ON "api_failures" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "api_failures_errcode" ON "api_failures" USING btree ("errcode","at","id");--> statement-breakpoint
CREATE INDEX "api_failures_app" ON "api_failures" USING btree ("app_id","at","id");--> statement-breakpoint
CREATE INDEX "api_failures_sign_in" ON "api_failures" USING btree ("sign_in_id");--> statement-breakpoint
CREATE INDEX "api_failures_openid" ON "api_failures" USING btree ("openid","at","id");--> statement-breakpoint
CREATE INDEX "api_failures_rid" ON "api_failures" USING btree ("rid");--> statement-breakpoint
CREATE INDEX "audit_log_at" ON "audit_log" USING btree ("at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "bindings_app_openid" ON "bindings" USING btree ("app_id","openid");--> statement-breakpoint
CREATE INDEX "bindings_user" ON "bindings" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "bindings_openid" ON "bindings" USING btree ("openid");--> statement-breakpoint
CREATE INDEX "bindings_unionid" ON "bindings" USING btree ("unionid");--> statement-breakpoint
CREATE UNIQUE INDEX "identity_conflicts_once" ON "identity_conflicts" USING btree ("group","unionid","user_id");--> statement-breakpoint
CREATE INDEX "operator_sessions_operator" ON "operator_sessions" USING btree ("operator_id");--> statement-breakpoint
CREATE INDEX "operator_sessions_expires" ON "operator_sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "operators_username" ON "operators" USING btree ("username");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_id" ON "sessions" USING btree ("id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "sessions_expires" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sessions_last_seen" ON "sessions" USING btree ("last_seen_at");--> statement-breakpoint
CREATE INDEX "sign_in_events_sign_in" ON "sign_in_events" USING btree ("sign_in_id","id");--> statement-breakpoint
CREATE INDEX "sign_in_trips_sign_in" ON "sign_in_trips" USING btree ("sign_in_id");--> statement-breakpoint
CREATE INDEX "sign_ins_created" ON "sign_ins" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "sign_ins_user" ON "sign_ins" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "sign_ins_outcome" ON "sign_ins" USING btree ("outcome","expires_at");--> statement-breakpoint
CREATE INDEX "sign_ins_openid" ON "sign_ins" USING btree ("openid");--> statement-breakpoint
CREATE INDEX "sign_ins_ip" ON "sign_ins" USING btree ("ip");--> statement-breakpoint
CREATE INDEX "throttles_expires" ON "throttles" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "user_tokens_updated" ON "user_tokens" USING btree ("updated_at","binding_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_external_id" ON "users" USING btree ("external_id");--> statement-breakpoint
CREATE INDEX "users_created" ON "users" USING btree ("created_at","id");