ALTER TABLE "audit_log" ADD COLUMN "errcode" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "browser_user_id" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "user_tokens" ADD COLUMN "checked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "user_tokens" ADD COLUMN "refused_errcode" text COLLATE "C";--> statement-breakpoint
CREATE INDEX "sign_ins_browser" ON "sign_ins" USING btree ("browser_hash","created_at");--> statement-breakpoint
CREATE INDEX "sign_ins_browser_user" ON "sign_ins" USING btree ("browser_user_id","created_at");