ALTER TABLE `app_tokens` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `app_tokens` ADD `refresh_at` integer;--> statement-breakpoint
ALTER TABLE `app_tokens` ADD `retry_at` integer;--> statement-breakpoint
ALTER TABLE `app_tokens` ADD `forced_at` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `app_tokens` DROP COLUMN `lease_holder`;