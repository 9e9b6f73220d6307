ALTER TABLE "app_tokens" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "app_tokens" ADD COLUMN "refresh_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "app_tokens" ADD COLUMN "retry_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "app_tokens" ADD COLUMN "forced_at" text COLLATE "C" DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "app_tokens" DROP COLUMN "lease_holder";