CREATE TABLE `app_token_fetches` (
	`id` text PRIMARY KEY NOT NULL,
	`app_id` text NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`source` text NOT NULL,
	`requested_by` text NOT NULL,
	`latency_ms` integer NOT NULL,
	`generation` integer,
	`errcode` text
);
--> statement-breakpoint
CREATE INDEX `app_token_fetches_app` ON `app_token_fetches` (`app_id`,`kind`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `app_token_fetches_at` ON `app_token_fetches` (`at`);--> statement-breakpoint
ALTER TABLE `api_failures` ADD `request` text;--> statement-breakpoint
ALTER TABLE `api_failures` ADD `answer` text;--> statement-breakpoint
CREATE INDEX `audit_log_operator` ON `audit_log` (`operator_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_event` ON `audit_log` (`event`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_target` ON `audit_log` (`target`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `identity_conflicts_resolved` ON `identity_conflicts` (`resolved_at`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_endpoint_next` ON `webhook_deliveries` (`endpoint_id`,`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_endpoint_created` ON `webhook_deliveries` (`endpoint_id`,`created_at`,`id`);