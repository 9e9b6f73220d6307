ALTER TABLE "users" ADD COLUMN "merged_into" text COLLATE "C";--> statement-breakpoint
CREATE INDEX "users_merged_into" ON "users" USING btree ("merged_into");