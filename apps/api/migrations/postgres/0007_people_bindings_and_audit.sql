CREATE TABLE "audit_anchors" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"seal_number" integer NOT NULL,
	"seal" text COLLATE "C" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_details" (
	"audit_id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"user_id" text COLLATE "C",
	"detail" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blocked_identities" (
	"hash" text COLLATE "C" PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"user_id" text COLLATE "C" NOT NULL,
	"binding_id" text COLLATE "C" NOT NULL,
	"purpose" text COLLATE "C" NOT NULL,
	"answer" text COLLATE "C" NOT NULL,
	"notice_version" text COLLATE "C",
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"user_id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"operator_id" text COLLATE "C",
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "external_users" (
	"client_id" text COLLATE "C" NOT NULL,
	"external_id" text COLLATE "C" NOT NULL,
	"user_id" text COLLATE "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "external_users_client_id_external_id_pk" PRIMARY KEY("client_id","external_id")
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"records" integer NOT NULL,
	"counts" text COLLATE "C" NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "merge_moves" (
	"merge_id" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	CONSTRAINT "merge_moves_merge_id_kind_key_pk" PRIMARY KEY("merge_id","kind","key")
);
--> statement-breakpoint
CREATE TABLE "merges" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"conflict_id" text COLLATE "C",
	"from_user_id" text COLLATE "C" NOT NULL,
	"into_user_id" text COLLATE "C" NOT NULL,
	"operator_id" text COLLATE "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"undone_at" timestamp (3) with time zone,
	"undone_by" text COLLATE "C"
);
--> statement-breakpoint
DROP INDEX "users_external_id";--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "seal_number" integer;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "seal" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "identity_conflicts" ADD COLUMN "resolved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identity_conflicts" ADD COLUMN "resolution" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "session_id" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "notice_version" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "merge_moves" ADD CONSTRAINT "merge_moves_merge_id_merges_id_fk" FOREIGN KEY ("merge_id") REFERENCES "public"."merges"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_details_user" ON "audit_details" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "consents_user" ON "consents" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "consents_binding" ON "consents" USING btree ("binding_id","purpose","at");--> statement-breakpoint
CREATE INDEX "external_users_user" ON "external_users" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "external_users_external_id" ON "external_users" USING btree ("external_id");--> statement-breakpoint
CREATE INDEX "merges_created" ON "merges" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "merges_from" ON "merges" USING btree ("from_user_id");--> statement-breakpoint
CREATE INDEX "merges_into" ON "merges" USING btree ("into_user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_log_seal_number" ON "audit_log" USING btree ("seal_number");--> statement-breakpoint
CREATE INDEX "identity_conflicts_created" ON "identity_conflicts" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "identity_conflicts_user" ON "identity_conflicts" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "identity_conflicts_other_user" ON "identity_conflicts" USING btree ("other_user_id");--> statement-breakpoint
ALTER TABLE "users" DROP COLUMN "external_id";