CREATE TABLE "group_joins" (
	"app_id" text COLLATE "C" NOT NULL,
	"group" text COLLATE "C" NOT NULL,
	"after" text COLLATE "C" NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "group_joins_app_id_group_pk" PRIMARY KEY("app_id","group")
);
--> statement-breakpoint
ALTER TABLE "bindings" ADD COLUMN "unionid_checked_at" timestamp (3) with time zone;