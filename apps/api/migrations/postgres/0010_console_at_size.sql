CREATE TABLE "error_group_counts" (
	"group_id" text COLLATE "C" NOT NULL,
	"minutes" integer NOT NULL,
	"slot" integer NOT NULL,
	"events" integer NOT NULL,
	"unnamed" integer NOT NULL,
	"first_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "error_group_counts_group_id_minutes_slot_pk" PRIMARY KEY("group_id","minutes","slot")
);
--> statement-breakpoint
CREATE TABLE "error_group_people" (
	"group_id" text COLLATE "C" NOT NULL,
	"who" text COLLATE "C" NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "error_group_people_group_id_who_pk" PRIMARY KEY("group_id","who")
);
--> statement-breakpoint
CREATE TABLE "error_groups" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"app_id" text COLLATE "C" NOT NULL,
	"endpoint" text COLLATE "C" NOT NULL,
	"errcode" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" DEFAULT 'open' NOT NULL,
	"state_at" timestamp (3) with time zone,
	"state_by" text COLLATE "C",
	"resolved_at" timestamp (3) with time zone,
	"muted_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "nickname_grams" (
	"gram" text COLLATE "C" NOT NULL,
	"binding_id" text COLLATE "C" NOT NULL,
	CONSTRAINT "nickname_grams_gram_binding_id_pk" PRIMARY KEY("gram","binding_id")
);
--> statement-breakpoint
DROP INDEX "sign_ins_openid";--> statement-breakpoint
DROP INDEX "sign_ins_ip";--> statement-breakpoint
ALTER TABLE "bindings" ADD COLUMN "searchable_as" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "user_tokens" ADD COLUMN "app_id" text COLLATE "C";--> statement-breakpoint
UPDATE "user_tokens" SET "app_id" = "bindings"."app_id" FROM "bindings" WHERE "bindings"."id" = "user_tokens"."binding_id";--> statement-breakpoint
ALTER TABLE "user_tokens" ALTER COLUMN "app_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "nickname_grams" ADD CONSTRAINT "nickname_grams_binding_id_bindings_id_fk" FOREIGN KEY ("binding_id") REFERENCES "public"."bindings"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "error_group_counts_slot" ON "error_group_counts" USING btree ("minutes","slot");--> statement-breakpoint
CREATE INDEX "error_group_people_last" ON "error_group_people" USING btree ("group_id","last_at");--> statement-breakpoint
CREATE INDEX "error_group_people_who" ON "error_group_people" USING btree ("who");--> statement-breakpoint
CREATE INDEX "error_group_people_expired" ON "error_group_people" USING btree ("last_at");--> statement-breakpoint
CREATE UNIQUE INDEX "error_groups_kind" ON "error_groups" USING btree ("app_id","endpoint","errcode");--> statement-breakpoint
CREATE INDEX "nickname_grams_binding" ON "nickname_grams" USING btree ("binding_id");--> statement-breakpoint
CREATE INDEX "bindings_not_searchable" ON "bindings" USING btree ("id") WHERE "bindings"."nickname_folded" is distinct from "bindings"."searchable_as";--> statement-breakpoint
CREATE INDEX "sign_ins_ended" ON "sign_ins" USING btree ("outcome","created_at","id");--> statement-breakpoint
CREATE INDEX "user_tokens_app" ON "user_tokens" USING btree ("app_id","updated_at","binding_id");--> statement-breakpoint
CREATE INDEX "user_tokens_refused" ON "user_tokens" USING btree ("updated_at","binding_id") WHERE "user_tokens"."refused_errcode" is not null;--> statement-breakpoint
CREATE INDEX "users_status" ON "users" USING btree ("status","created_at","id");--> statement-breakpoint
CREATE INDEX "sign_ins_openid" ON "sign_ins" USING btree ("openid","created_at","id");--> statement-breakpoint
CREATE INDEX "sign_ins_ip" ON "sign_ins" USING btree ("ip","created_at","id");--> statement-breakpoint
INSERT INTO error_groups (id, app_id, endpoint, errcode) SELECT min(id), app_id, endpoint, errcode FROM api_failures GROUP BY app_id, endpoint, errcode;--> statement-breakpoint
INSERT INTO error_group_counts (minutes, slot, group_id, events, unnamed, first_at, last_at) SELECT 15, cast(floor(extract(epoch from f.at) / 900) as integer), g.id, count(*), count(*) - count(f.openid), min(f.at), max(f.at) FROM api_failures f JOIN error_groups g ON g.app_id = f.app_id AND g.endpoint = f.endpoint AND g.errcode = f.errcode GROUP BY 2, 3;--> statement-breakpoint
INSERT INTO error_group_counts (minutes, slot, group_id, events, unnamed, first_at, last_at) SELECT 1440, cast(floor(extract(epoch from f.at) / 86400) as integer), g.id, count(*), count(*) - count(f.openid), min(f.at), max(f.at) FROM api_failures f JOIN error_groups g ON g.app_id = f.app_id AND g.endpoint = f.endpoint AND g.errcode = f.errcode GROUP BY 2, 3;--> statement-breakpoint
INSERT INTO error_group_people (group_id, who, last_at) SELECT group_id, who, max(at) FROM (SELECT g.id AS group_id, f.at, CASE WHEN f.openid IS NOT NULL THEN 'o' || f.openid WHEN s.browser_user_id IS NOT NULL THEN 'u' || s.browser_user_id WHEN s.browser_hash IS NOT NULL THEN 'b' || s.browser_hash END AS who FROM api_failures f JOIN error_groups g ON g.app_id = f.app_id AND g.endpoint = f.endpoint AND g.errcode = f.errcode LEFT JOIN sign_ins s ON f.openid IS NULL AND s.id = f.sign_in_id) affected WHERE who IS NOT NULL GROUP BY group_id, who;
